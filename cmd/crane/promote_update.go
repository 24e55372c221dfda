package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"crane/internal/hint"
	"crane/internal/lint"
	"crane/stacks"
)

// update changes production.
func (p *promoting) update(ctx context.Context) error {
	args := append([]string{"up", "--yes", "--skip-preview", "--non-interactive", "--suppress-outputs"}, p.targets()...)
	if err := p.run(ctx, p.stderr, nil, args...); err != nil {
		return p.failed(ctx, err)
	}
	rows := p.answers(ctx)
	fmt.Fprintln(p.stdout)
	if err := p.table(rows); err != nil {
		return err
	}
	return p.sick(rows, "crane promote --rollback")
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
		for _, part := range []string{stacks.ScriptName(name), name + "-crons", name + "-route", name + "-smoke"} {
			args = append(args, "--target", "**::"+part)
		}
	}
	return args
}

// failed says, after an update that failed, what runs now and the way back.
func (p *promoting) failed(ctx context.Context, cause error) error {
	was := p.before
	if err := p.look(ctx); err != nil {
		return fmt.Errorf("%w; and production's state cannot be read now: %w", cause, err)
	}
	fmt.Fprintln(p.stderr, "\nwhat production runs now:")
	for _, row := range p.answers(ctx) {
		fmt.Fprintf(p.stderr, "  %s: bundle %s, was %s; %s\n", row.Worker,
			short(p.before.Workers[row.Worker].Bundle), short(was.Workers[row.Worker].Bundle), row.Health)
	}
	next := "mend it on staging, then promote that"
	if was.Release != nil && !p.rollback {
		next = "crane promote --rollback"
		fmt.Fprintf(p.stderr, "the way back:\n  code: crane promote --rollback puts %.12s back (receipt %.12s)\n", was.Release.Commit, was.Release.Receipt)
	}
	for _, name := range slices.Sorted(maps.Keys(p.before.Databases)) {
		now, before := p.before.Databases[name], was.Databases[name]
		if len(now.Applied) == len(before.Applied) {
			continue
		}
		fmt.Fprintf(p.stderr, "  data: npx wrangler d1 time-travel restore %s --bookmark=%s\n        undoes %d migrations and everything written since; never done by itself\n",
			now.Name, now.Bookmark, len(now.Applied)-len(before.Applied))
		lines, err := lint.Runs(ctx, before.Schema, now.Schema)
		if err != nil {
			return fmt.Errorf("%w; %w", cause, err)
		}
		fmt.Fprintf(p.stderr, "  the old code on the new schema of %s: %s\n", name, verdict(lines))
	}
	return hint.Wrap(fmt.Errorf("the promotion failed: %w", cause), next)
}
