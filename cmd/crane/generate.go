package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"

	"crane/internal/hint"
	"crane/internal/wrangler"
	"crane/stacks"
)

const generateUsage = `
usage: crane generate [--check]

Writes workers/*/wrangler.jsonc from the fleet, with staging's names and ids
only. --check writes nothing and fails when a file is not up to date.

Examples:
  crane generate
  crane generate --check
`

func (w world) generate(_ context.Context, args []string) error {
	var check bool
	if err := w.noArguments("generate", args, func(f *flag.FlagSet) { f.BoolVar(&check, "check", false, "") }); err != nil {
		return err
	}
	l, s, err := w.here()
	if err != nil {
		return err
	}
	if err := stacks.Default().Validate(os.DirFS(l.Root)); err != nil {
		return hint.Wrap(fmt.Errorf("%w; nothing was written", err), "mend stacks/fleet.go, then make generate")
	}
	if !check {
		changed, err := wrangler.Write(l.Root, stacks.Default(), s.AccountID)
		for _, name := range changed {
			fmt.Fprintln(w.stdout, name)
		}
		return err
	}
	stale, err := wrangler.Stale(l.Root, stacks.Default(), s.AccountID)
	if err == nil && len(stale) > 0 {
		err = hint.Wrap(fmt.Errorf("%w: %s; nothing was written", errStale, strings.Join(stale, ", ")), "make generate")
	}
	return err
}
