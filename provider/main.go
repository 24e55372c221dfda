// Command pulumi-resource-crane is the Pulumi provider for what Cloudflare's
// own provider lacks: D1 migrations, workers.dev routes, smoke tests, and the
// record of what was promoted. Pulumi starts it; it is of no use by itself.
package main

import (
	"context"
	"fmt"
	"os"

	"crane/internal/engine"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run() error {
	root, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("cannot find the project's folder: %w", err)
	}
	provider, err := New(World{Root: root, Getenv: os.Getenv})
	if err != nil {
		return err
	}
	return provider.Run(engine.Context(context.Background()), Name, Version)
}
