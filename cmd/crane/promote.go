package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"regexp"

	"crane/internal/deployed"
	"crane/internal/project"
	"crane/internal/promotion"
	"crane/internal/release"
	"crane/stacks"
)

const promoteUsage = `
usage: crane promote [--commit SHA] [--first] [--check] [--releases DIR]
                     [--summary FILE]
       crane promote --rollback [--commit SHA] [--check] [--releases DIR]
                     [--summary FILE]

Promotes what staging has verified to production: the newest receipt, or that of
a commit, which has to be checked out. Only the job of the promote workflow can;
on a laptop, where production is on the local Cloudflare, it starts such a job.

Before anything is changed it checks: the job's token, the receipt's signature
and age, the checkout, bundles and migrations byte for byte, that staging is
healthy right now, that production shares no infra secret with it, and the plan
of the update, with the verdicts on its migrations. Then it runs pulumi up in an
environment of its own making, and shows what production runs. When that fails
it says what runs now and how to go back; it never does so by itself.

  --check     ends after the checks, the table (FROM and TO are bundles) and the plan
  --first     makes production's state when there is none yet
  --rollback  puts the code of the receipt before back, or that of a commit that
              was promoted before; the migrations stay. It is refused when that
              code cannot run on the schema as it is
  --releases  where the receipts are: .crane/local/releases on a laptop,
              .crane/releases elsewhere
  --summary   also appends to FILE, as Markdown, what was promoted, what runs and
              the way back, or why it failed

The receipts of what runs then, and of what ran before, are in .crane/promoted.

Example:
  crane promote --check
`

// promoteOptions are what a person or the workflow asks for.
type promoteOptions struct {
	commit, releases, summary string
	first, check, rollback    bool
}

var fullCommit = regexp.MustCompile(`^[0-9a-f]{40}$`)

func (w world) promoteOptions(args []string) (promoteOptions, error) {
	var o promoteOptions
	err := w.noArguments("promote", args, func(f *flag.FlagSet) {
		f.StringVar(&o.commit, "commit", "", "")
		f.StringVar(&o.releases, "releases", "", "")
		f.StringVar(&o.summary, "summary", "", "")
		f.BoolVar(&o.first, "first", false, "")
		f.BoolVar(&o.check, "check", false, "")
		f.BoolVar(&o.rollback, "rollback", false, "")
	})
	if err == nil && o.commit != "" && !fullCommit.MatchString(o.commit) {
		err = fmt.Errorf("%w: --commit is 40 hexadecimal digits, not %q", errUsage, o.commit)
	}
	if err == nil && o.rollback && o.first {
		err = fmt.Errorf("%w: --rollback and --first exclude each other: the first promotion has nothing before it", errUsage)
	}
	return o, err
}

// promoting is a promotion on its way.
type promoting struct {
	world
	project.Layout
	promoteOptions
	production, staging project.Settings
	store               release.Store
	// job are the variables with which tokens are asked for, env is Pulumi's
	// whole environment.
	job, env []string
	// before is what production has; there is nothing when it has no state.
	before        deployed.Stack
	exists, begun bool
	// was is what it had before the update, and rows what it answered after it.
	was  deployed.Stack
	rows []workerStatus
	// signed and note are what is promoted, root the folder that it is done in.
	signed *release.Signed
	note   promotion.Note
	root   string
}

func (w world) promote(ctx context.Context, args []string) error {
	o, err := w.promoteOptions(args)
	if err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	return alone(l.Hidden("promote.lock"), "crane promote", func() error { return w.promoteAlone(ctx, o) })
}

func (w world) promoteAlone(ctx context.Context, o promoteOptions) error {
	p, err := w.promoting(ctx, o)
	if err == nil {
		err = p.carryOut(ctx)
	}
	if p == nil {
		p = &promoting{world: w, promoteOptions: o}
	}
	if told := p.summarize(ctx, err); told != nil {
		err = errors.Join(err, fmt.Errorf("the summary was not written: %w", told))
	}
	return err
}

// carryOut goes through the steps, of which only the last one changes production.
func (p *promoting) carryOut(ctx context.Context) error {
	defer p.leave(ctx)
	for _, step := range []func(context.Context) error{p.look, p.choose, p.enter, p.admitted, p.compare, p.current, p.probe, p.apart, p.mend, p.show, p.plan} {
		if err := step(ctx); err != nil {
			return err
		}
		p.was = p.before
	}
	if p.check {
		return nil
	}
	return p.update(ctx)
}

// promoting gathers what both kinds of promotion need.
func (w world) promoting(ctx context.Context, o promoteOptions) (*promoting, error) {
	l, staging, err := w.here()
	if err != nil {
		return nil, err
	}
	p := &promoting{world: w, Layout: l, promoteOptions: o, staging: staging, root: l.Root, store: releases(l, o.releases)}
	if p.production, err = l.ReadSettings(stacks.Production.Name); err != nil {
		return nil, err
	}
	if err := w.ensureLocal(ctx, l); err != nil {
		return nil, err
	}
	return p, p.equip(ctx)
}
