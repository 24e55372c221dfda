package main

import (
	"context"
	"errors"
	"fmt"

	"crane/internal/deployed"
	"crane/internal/hint"
	"crane/internal/lint"
	"crane/stacks"
)

// update changes production.
func (p *promoting) update(ctx context.Context) error {
	args := append([]string{"up", "--yes", "--skip-preview", "--non-interactive", "--suppress-outputs"}, p.targets()...)
	err := p.run(ctx, p.stderr, nil, args...)
	p.rows = p.answers(ctx)
	if err != nil {
		return p.failed(ctx, err)
	}
	fmt.Fprintln(p.stdout)
	if err := errors.Join(p.table(p.rows), p.keepReceipts()); err != nil {
		return err
	}
	return p.sick(p.rows, "crane status")
}

// answers are what production's Workers say now.
func (p *promoting) answers(ctx context.Context) []workerStatus {
	return askOn(ctx, stacks.Production, p.production.Domain, sortedNames(p.signed.Receipt.Workers))
}

// targets limit a rollback to the code: no database, no migration and nothing
// that came later is looked at.
func (p *promoting) targets() []string {
	if !p.rollback {
		return nil
	}
	args := []string{"--target", "**::release"}
	for _, name := range sortedNames(p.signed.Receipt.Workers) {
		for _, part := range []string{name, stacks.ScriptName(name), name + "-crons", name + "-route", name + "-smoke"} {
			args = append(args, "--target", "**::"+part)
		}
	}
	return args
}

// failed says, after an update that failed, what runs now and the way back.
func (p *promoting) failed(ctx context.Context, cause error) error {
	if err := p.look(ctx); err != nil {
		return fmt.Errorf("%w; and production's state cannot be read now: %w", cause, err)
	}
	p.tellRunning(p.was)
	back := p.tellCode(p.was)
	if err := p.tellData(ctx, p.was); err != nil {
		return fmt.Errorf("%w; %w", cause, err)
	}
	return hint.Wrap(fmt.Errorf("the promotion failed: %w", cause), back)
}

func (p *promoting) tellRunning(was deployed.Stack) {
	if len(p.before.Workers) == 0 {
		return
	}
	fmt.Fprintln(p.stderr, "\nwhat production runs now:")
	for _, row := range p.rows {
		fmt.Fprintf(p.stderr, "  %s: bundle %s, was %s; %s\n", row.Worker,
			short(p.before.Workers[row.Worker].Bundle), short(was.Workers[row.Worker].Bundle), row.Health)
	}
}

// tellCode says how the code goes back, if there is another one to go back to
// than what runs, and gives the next command.
func (p *promoting) tellCode(was deployed.Stack) string {
	const mend = "mend it on staging, then promote that"
	if was.Release == nil || p.rollback {
		return mend
	}
	past, err := p.earlier()
	if err != nil || past[0] != was.Release.Past {
		fmt.Fprintln(p.stderr, "the way back:\n  code: no Worker was changed")
		return mend
	}
	fmt.Fprintf(p.stderr, "the way back:\n  code: crane promote --rollback puts %.12s back (receipt %.12s)\n", past[0].Commit, past[0].Receipt)
	return "crane promote --rollback"
}

// tellData says how rows go back, and whether the old code needs them to.
func (p *promoting) tellData(ctx context.Context, was deployed.Stack) error {
	for _, name := range sortedNames(p.before.Databases) {
		now, before := p.before.Databases[name], was.Databases[name]
		n := len(now.Applied) - len(before.Applied)
		if n == 0 {
			continue
		}
		fmt.Fprintf(p.stderr, "  data: npx wrangler d1 time-travel restore %s --bookmark=%s\n"+
			"        in workers/, with production's token; undoes the last %d of %s and everything written since; never done by itself\n",
			now.Name, now.Bookmark, n, name)
		lines, err := lint.Runs(ctx, before.Schema, now.Schema)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stderr, "  the old code on the new schema of %s: %s\n", name, verdict(lines))
	}
	return nil
}
