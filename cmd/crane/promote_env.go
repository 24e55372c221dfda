package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"crane/internal/cloudflare"
	"crane/internal/deployed"
	"crane/internal/hint"
	"crane/internal/idtoken"
	"crane/internal/local"
	"crane/internal/local/issuer"
	"crane/internal/project"
	"crane/internal/promotion"
	"crane/internal/secrets"
	"crane/stacks"
)

// errNoState means that production's state is not where it should be.
var errNoState = errors.New("production has no state")

// deployNames are the secrets that may be in production's deploy folder. The
// first two have to be.
var deployNames = []string{
	"CLOUDFLARE_API_TOKEN", "PULUMI_CONFIG_PASSPHRASE",
	"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
}

// equip gets the job's variables, and with them what deploys production. Neither
// is ever in a shell.
func (p *promoting) equip(ctx context.Context) error {
	var err error
	if p.job, err = p.jobVariables(ctx); err != nil {
		return err
	}
	source, err := p.source(ctx, p.Layout, stacks.Production)
	if errors.Is(err, idtoken.ErrNoJob) {
		return hint.Wrap(fmt.Errorf("%w: it changes only through the gated workflow; nothing was changed: %w", promotion.ErrClosed, err), promotion.Instead())
	}
	if err != nil {
		return err
	}
	at := stacks.Production.Deploy
	values, err := source.Fetch(ctx, at, nil)
	if err != nil {
		return err
	}
	want := []stacks.Secret{{Name: deployNames[0]}, {Name: deployNames[1]}}
	if _, err := secrets.Pick(values, want, at, source); err != nil {
		return err
	}
	p.env, err = p.environment(values)
	return err
}

// jobVariables are those of the job that this process is part of, or of one that
// is started at the local issuer.
func (p *promoting) jobVariables(ctx context.Context) ([]string, error) {
	if p.production.Local() {
		return p.jobEnviron(ctx, p.Layout, p.production, issuer.Promotion)
	}
	return slices.DeleteFunc(slices.Clone(p.environ()), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return name != idtoken.URLVariable && name != idtoken.TokenVariable
	}), nil
}

// environment is all that Pulumi gets: where things are on this machine, what
// stacks/production.go says, what was fetched, and the job. Nothing inherited
// can point it elsewhere.
func (p *promoting) environment(deploy map[string]string) ([]string, error) {
	env, err := p.productionEnviron()
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(deploy)) {
		if slices.Contains(deployNames, name) {
			env = append(env, name+"="+deploy[name])
		}
	}
	return append(env, p.job...), nil
}

// productionEnviron is what a Pulumi that only looks at production needs.
func (p *promoting) productionEnviron() ([]string, error) {
	if err := makeBackend(p.Layout, stacks.Production); err != nil {
		return nil, err
	}
	env := append(p.holding(plain),
		"PATH="+p.path(p.Layout),
		"PULUMI_BACKEND_URL="+backend(p.Layout, stacks.Production),
		"PULUMI_HOME="+p.PulumiHome(),
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"GOFLAGS=-trimpath -buildvcs=false -mod=readonly", "GOENV=off", "GOWORK=off",
	)
	if !p.production.Local() {
		return env, nil
	}
	c, err := local.Configure(p.Layout)
	if err != nil {
		return nil, err
	}
	_, err = local.OpenAuthority(c)
	return append(env, "SSL_CERT_FILE="+c.Roots()), err
}

// plain are the caller's variables that have no say in what is built: of Go's,
// none that could bring in another tool, file or module.
var plain = []string{
	"HOME", "USER", "LANG", "LC_ALL", "TERM", "NO_COLOR", "TMPDIR", "TZ", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
	"GOPATH", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOGC",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
}

// look reads what production has.
func (p *promoting) look(ctx context.Context) error {
	var out, said bytes.Buffer
	quiet := *p
	quiet.stderr = &said
	err := quiet.run(ctx, &out, nil, "stack", "export")
	switch {
	case err == nil:
		p.exists = true
		p.before, err = deployed.Parse(out.Bytes())
		return err
	case !strings.Contains(said.String(), "no stack named"):
		_, _ = said.WriteTo(p.stderr)
		return err
	case !p.first:
		return hint.Wrap(fmt.Errorf("%w at %s; nothing was changed", errNoState, backend(p.Layout, stacks.Production)),
			"crane promote --first, if nothing was ever promoted; else find out where the state is")
	}
	return nil
}

// mend brings the state in order after a promotion that was killed. It is past
// the gate, and a check changes nothing.
func (p *promoting) mend(ctx context.Context) error {
	if !p.exists || p.check {
		return nil
	}
	m := mender{
		world: p.world, Layout: p.Layout, stack: stacks.Production, next: "crane promote",
		run: func(ctx context.Context, w world, stdout io.Writer, stdin io.Reader, args ...string) error {
			return w.pulumiIn(ctx, p.Layout, p.root, p.env, stdout, stdin, args...)
		},
		client: p.cloudflareAs,
	}
	if err := m.breakLocks(); err != nil {
		return err
	}
	if err := m.mend(ctx); err != nil {
		return err
	}
	return p.look(ctx)
}

// cloudflareAs speaks to production's Cloudflare with the token that was fetched.
func (p *promoting) cloudflareAs(s project.Settings) (*cloudflare.Client, error) {
	c := cloudflare.Config{Host: s.APIHost, Token: idtoken.Lookup(p.env)("CLOUDFLARE_API_TOKEN")}
	if s.Local() {
		at, err := local.Configure(p.Layout)
		if err != nil {
			return nil, err
		}
		if c.HTTPClient, err = at.Client(); err != nil {
			return nil, err
		}
	}
	return cloudflare.New(c)
}

// run is Pulumi on production. It never selects the stack, so that a bare
// command afterwards still reaches staging.
func (p *promoting) run(ctx context.Context, stdout io.Writer, stdin io.Reader, args ...string) error {
	return p.pulumiIn(ctx, p.Layout, p.root, p.env, stdout, stdin, append(args, "--stack", stacks.Production.Name)...)
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }
