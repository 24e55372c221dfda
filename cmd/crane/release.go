package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"crane/internal/build"
	"crane/internal/deployed"
	"crane/internal/gate"
	"crane/internal/hint"
	"crane/internal/idtoken"
	"crane/internal/local/issuer"
	"crane/internal/project"
	"crane/internal/promotion"
	"crane/internal/release"
	"crane/stacks"
)

const releaseUsage = `
usage: crane release [--releases DIR]

Writes the receipt of what staging runs and has verified: the commit, each
Worker's bundle, each database's migrations, and the proof of staging's secrets,
signed by the issuer of GitHub's tokens for the job that deploys. Production is
promoted from receipts only. It refuses when staging does not run exactly what
is checked out and committed, or is not healthy; nothing is written then.

The receipt is kept in .crane/local/releases on a laptop, in .crane/releases or
DIR elsewhere.

Example:
  crane release
`

// errOffMain means that staging does not run what is checked out.
var errOffMain = errors.New("staging does not run what is checked out")

func (w world) release(ctx context.Context, args []string) error {
	var dir string
	if err := w.noArguments("release", args, func(f *flag.FlagSet) { f.StringVar(&dir, "releases", "", "") }); err != nil {
		return err
	}
	l, s, err := w.here()
	if err != nil {
		return err
	}
	receipt, made, err := w.verified(ctx, l, s)
	if err != nil {
		return err
	}
	store := releases(l, dir)
	saved, err := store.ByCommit(receipt.Commit)
	if err != nil || !alike(saved.Receipt, receipt) {
		if saved, err = w.save(ctx, l, s, store, receipt, made); err != nil {
			return err
		}
	}
	fmt.Fprintf(w.stdout, "receipt %.12s of commit %.12s\n", saved.Digest(), receipt.Commit)
	return nil
}

func (w world) save(ctx context.Context, l project.Layout, s project.Settings, store release.Store, r release.Receipt, made *build.Build) (*release.Signed, error) {
	signer, err := w.signer(ctx, l, s)
	if err != nil {
		return nil, err
	}
	return store.Save(ctx, r, made.Code(), signer)
}

// alike reports whether two receipts of a commit differ in nothing but the moment:
// then the first one stays, so that releasing twice promotes once.
func alike(a, b release.Receipt) bool {
	a.Verified, a.RunID = b.Verified, b.RunID
	one, errOne := a.Encode()
	other, errOther := b.Encode()
	return errOne == nil && errOther == nil && bytes.Equal(one, other)
}

// releases is where receipts are: beside the local Cloudflare that they are of,
// or where a workflow has put them.
func releases(l project.Layout, dir string) release.Store {
	if dir != "" {
		return release.Store{Dir: dir}
	}
	if s, err := l.ReadSettings(stacks.Production.Name); err == nil && s.Local() {
		return release.Store{Dir: l.Hidden("local", "releases")}
	}
	return release.Store{Dir: l.Hidden("releases")}
}

// verified is the receipt of what staging runs, if that is what this commit
// makes, and answers healthy now.
func (w world) verified(ctx context.Context, l project.Layout, s project.Settings) (release.Receipt, *build.Build, error) {
	files := promotion.Checkout{Root: l.Root, Path: w.getenv("PATH")}
	commit, err := files.Head(ctx)
	if err != nil {
		return release.Receipt{}, nil, err
	}
	if err := files.Is(ctx, commit); err != nil {
		return release.Receipt{}, nil, err
	}
	made, err := build.Of(l.Root, stacks.Default().For(stacks.Staging))
	if err != nil {
		return release.Receipt{}, nil, err
	}
	state, err := w.staged(ctx, l)
	if err != nil {
		return release.Receipt{}, nil, err
	}
	receipt, err := described(made.Candidate(commit), state)
	if err != nil {
		return release.Receipt{}, nil, err
	}
	if receipt.Secrets, err = w.prove(ctx, l); err != nil {
		return release.Receipt{}, nil, err
	}
	receipt.RunID = w.runID(s.Local())
	receipt.Verified = time.Now().UTC().Truncate(time.Second)
	return receipt, made, w.answers(ctx, s, receipt)
}

// staged is what staging's state says is deployed.
func (w world) staged(ctx context.Context, l project.Layout) (deployed.Stack, error) {
	text, err := w.exportedText(ctx, l)
	if err != nil {
		return deployed.Stack{}, err
	}
	return deployed.Parse(text)
}

// described compares what would run with what does, and takes from the state
// what only it knows.
func described(c release.Candidate, state deployed.Stack) (release.Receipt, error) {
	r := release.Receipt{Commit: c.Commit, Workers: map[string]release.Worker{}, Databases: map[string]release.Database{}}
	for name, runs := range state.Workers {
		r.Workers[name] = release.Worker{
			Bundle: runs.Bundle, CompatibilityDate: runs.CompatibilityDate, CompatibilityFlags: runs.CompatibilityFlags,
			Revision: runs.Revision, VerifiedAt: runs.VerifiedAt,
		}
		if runs.VerifiedAt.IsZero() {
			return r, offMain(fmt.Errorf("worker %s was uploaded, and its smoke test has not passed", name))
		}
	}
	for name, db := range state.Databases {
		has := release.Database{Head: db.Head, Migrations: []release.Migration{}}
		for _, m := range db.Applied {
			has.Migrations = append(has.Migrations, release.Migration(m))
		}
		r.Databases[name] = has
	}
	if err := release.Differ(r.Compare(c)); err != nil {
		return r, offMain(err)
	}
	return r, nil
}

func offMain(err error) error {
	return hint.Wrap(fmt.Errorf("%w: %w; no receipt was written", errOffMain, err), "make up")
}

// answers asks every Worker of the receipt whether it is healthy with its
// revision right now.
func (w world) answers(ctx context.Context, s project.Settings, r release.Receipt) error {
	rows, err := ask(ctx, stacks.Default().For(stacks.Staging), s.Domain)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Revision != r.Workers[row.Worker].Revision && row.Health == "healthy" {
			return offMain(fmt.Errorf("worker %s answers with revision %.12s", row.Worker, row.Revision))
		}
	}
	return w.sick(rows, "make up")
}

// runID is the run that deploys: GitHub's, or that of the local job.
func (w world) runID(local bool) string {
	if local {
		return fmt.Sprint(issuer.Deployment("")["run_id"])
	}
	return w.getenv("GITHUB_RUN_ID")
}

// signer signs receipts as the job that this process is part of.
type signer struct {
	job    idtoken.Job
	issuer string
}

// signer is the job that deploys; on the local Cloudflare one is started.
func (w world) signer(ctx context.Context, l project.Layout, s project.Settings) (signer, error) {
	policy, err := gate.Compile(stacks.ProductionGate, gate.Where{APIHost: s.APIHost, Infisical: s.Infisical})
	if err != nil {
		return signer{}, err
	}
	environ := w.environ()
	if s.Local() {
		if environ, err = w.jobEnviron(ctx, l, s, issuer.Deployment); err != nil {
			return signer{}, err
		}
	}
	job, err := idtoken.FromEnvironment(idtoken.Lookup(environ))
	return signer{job: job, issuer: policy.Issuer()}, err
}

// Sign asks for a token that has the receipt's digest as its audience, and for
// the keys of today, which will be other ones later.
func (s signer) Sign(ctx context.Context, audience string) (string, []byte, error) {
	jwt, err := s.job.Token(ctx, audience)
	if err != nil {
		return "", nil, err
	}
	keys, err := gate.Archive(ctx, s.issuer)
	return jwt, keys, err
}

// timeText is how times are shown: to the minute, in UTC.
func timeText(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }
