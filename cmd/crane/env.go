package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"crane/internal/idtoken"
	"crane/internal/local"
	"crane/internal/local/account"
	"crane/internal/local/infisical"
	"crane/internal/project"
	"crane/internal/secrets"
	"crane/stacks"
)

const envUsage = `
usage: crane env

Prints shell exports that point the current shell at staging: Pulumi's stack,
backend and home, and CRANE_ENV. While staging is on the local Cloudflare they
also hold its public credentials and its certificate authority; a live
staging's credentials are yours to bring. An explicit -s still wins.

Example:
  eval "$(.crane/bin/crane env)"
  pulumi preview
`

func (w world) env(_ context.Context, args []string) error {
	if err := w.noArguments("env", args, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	vars, err := w.staging(l)
	if err != nil {
		return err
	}
	for _, v := range vars {
		fmt.Fprintf(w.stdout, "export %s=%s\n", v.name, quoted(v.value))
	}
	return nil
}

type variable struct{ name, value string }

// staging is the environment in which every command reaches staging. The
// backend is absolute, because Pulumi resolves a relative one from wherever it
// is started.
func (w world) staging(l project.Layout) ([]variable, error) {
	s, err := l.ReadSettings(stacks.Staging.Name)
	if err != nil {
		return nil, err
	}
	if err := makeBackend(l, stacks.Staging); err != nil {
		return nil, err
	}
	vars := []variable{
		{"CRANE_ENV", stacks.Staging.Env},
		{"PATH", w.path(l)},
		{"PULUMI_BACKEND_URL", backend(l, stacks.Staging)},
		{"PULUMI_HOME", l.PulumiHome()},
		{"PULUMI_SKIP_UPDATE_CHECK", "true"},
		{"PULUMI_STACK", stacks.Staging.Name},
		{"CLOUDFLARE_ACCOUNT_ID", s.AccountID},
		{"GOFLAGS", unstamped(w.getenv("GOFLAGS"))},
	}
	if !s.Local() {
		return vars, nil
	}
	more, err := localCredentials(l, s)
	return append(vars, more...), err
}

func localCredentials(l project.Layout, s project.Settings) ([]variable, error) {
	c, err := local.Configure(l)
	if err != nil {
		return nil, err
	}
	if _, err := local.OpenAuthority(c); err != nil {
		return nil, err
	}
	return []variable{
		{"CLOUDFLARE_API_BASE_URL", "https://" + s.APIHost + "/client/v4"},
		{"CLOUDFLARE_API_TOKEN", account.Staging.Token},
		{"CRANE_INFISICAL_CLIENT_SECRET", infisical.Staging.Universal.ClientSecret},
		{"NODE_EXTRA_CA_CERTS", c.Roots()},
		{"PULUMI_CONFIG_PASSPHRASE", account.Staging.Passphrase},
		{"SSL_CERT_FILE", c.Roots()},
		{"WRANGLER_SEND_METRICS", "false"},
	}, nil
}

func backend(l project.Layout, s stacks.Stack) string {
	if !s.LocalState() {
		return s.Backend
	}
	return "file://" + filepath.ToSlash(filepath.Join(l.Root, s.Backend))
}

// makeBackend makes the folder of a local state; Pulumi does not.
func makeBackend(l project.Layout, s stacks.Stack) error {
	if !s.LocalState() {
		return nil
	}
	return os.MkdirAll(filepath.Join(l.Root, s.Backend), 0o700)
}

// path puts the project's tools first. An installed Pulumi of the pinned version
// is preferred by not having built one.
func (w world) path(l project.Layout) string {
	dirs := filepath.SplitList(w.getenv("PATH"))
	dirs = slices.DeleteFunc(dirs, func(d string) bool { return d == l.Bin() })
	return strings.Join(append([]string{l.Bin()}, dirs...), string(filepath.ListSeparator))
}

// unstamped keeps the commit out of the program that Pulumi's language host
// builds, which would be linked anew after every commit.
func unstamped(flags string) string {
	const off = "-buildvcs=false"
	if strings.Contains(flags, "-buildvcs") {
		return flags
	}
	return strings.TrimSpace(flags + " " + off)
}

// quoted makes a value safe for any POSIX shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// built is the whole environment of a Pulumi that crane starts: a short list of
// what the system needs and what points at staging, nothing inherited that
// could point it elsewhere.
func (w world) built(l project.Layout) ([]string, error) {
	vars, err := w.staging(l)
	if err != nil {
		return nil, err
	}
	var env []string
	for _, pair := range append(w.machine(), w.holding(credentials)...) {
		name, _, _ := strings.Cut(pair, "=")
		if !slices.ContainsFunc(vars, func(v variable) bool { return v.name == name }) {
			env = append(env, pair)
		}
	}
	for _, v := range vars {
		env = append(env, v.name+"="+v.value)
	}
	return append(env, w.secretVariables(l)...), nil
}

// secretVariables are those that the declared source of staging's secrets reads
// beside the client secret.
func (w world) secretVariables(l project.Layout) []string {
	s, err := l.ReadSettings(stacks.Staging.Name)
	if err != nil {
		return nil // staging has said so before
	}
	return slices.DeleteFunc(slices.Clone(w.environ()), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		ofJob := s.InfisicalIdentity != "" && (name == idtoken.URLVariable || name == idtoken.TokenVariable)
		secret := s.Secrets == secrets.FromEnvironment && strings.HasPrefix(name, secrets.VariablePrefix)
		return !ofJob && !secret
	})
}

// machine is where things are on this machine: what any program needs.
func (w world) machine() []string { return w.holding(inherited) }

// holding are the variables of the caller's that have a value.
func (w world) holding(names []string) []string {
	var env []string
	for _, name := range names {
		if value := w.getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// inherited are the variables that a built environment takes from the caller.
var inherited = []string{
	"HOME", "USER", "LANG", "LC_ALL", "TERM", "NO_COLOR", "TMPDIR", "TZ", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
	"GOPATH", "GOCACHE", "GOMODCACHE", "GOROOT", "GOFLAGS", "GOPROXY", "GONOSUMDB", "GOSUMDB", "GOTOOLCHAIN", "GOGC",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
}

// credentials are a live staging's, which its operator brings.
var credentials = []string{
	"CLOUDFLARE_API_TOKEN", "CRANE_INFISICAL_CLIENT_SECRET", "PULUMI_CONFIG_PASSPHRASE", "SSL_CERT_FILE",
	"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
}
