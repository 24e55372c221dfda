package main

import (
	"context"
	"flag"

	"crane/stacks"
)

const downUsage = `
usage: crane down

Destroys everything staging has on the local Cloudflare, its data included, and
stops the local Cloudflare. It refuses when staging is live: there, say
` + "`pulumi destroy -s staging`" + ` yourself.

Example:
  crane down
`

func (w world) down(ctx context.Context, args []string) error {
	if err := w.noArguments("down", args, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	if _, err := w.startLocal(ctx, l); err != nil { // refuses a live staging
		return err
	}
	if err := w.repair(ctx, l); err != nil {
		return err
	}
	if err := w.pulumi(ctx, l, w.stderr, nil, "destroy", "--stack", stacks.Staging.Name, "--yes", "--skip-preview", "--non-interactive"); err != nil {
		return err
	}
	return w.local(ctx, []string{"stop"})
}
