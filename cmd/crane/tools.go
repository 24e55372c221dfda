package main

import (
	"context"
	"flag"
)

const toolsUsage = `
usage: crane tools

Makes sure that the tools are there and says in a line each what is used: a
Pulumi from PATH, if it is of the very version that tools/pulumi/go.mod pins and
has its Go language host beside it, else both built from the modules under
tools; the official Cloudflare plugin, or its stand-in for the local Cloudflare;
the npm packages of the Workers, workerd among them.

Example:
  crane tools
`

func (w world) tools(ctx context.Context, args []string) error {
	if err := w.noArguments("tools", args, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	return w.toolchain(l).Ensure(ctx, w.stdout)
}
