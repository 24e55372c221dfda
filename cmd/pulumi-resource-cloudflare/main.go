// Command pulumi-resource-cloudflare is the stand-in for the official plugin,
// for machines that cannot download it. It serves the local Cloudflare only.
package main

import (
	"context"
	"fmt"
	"os"

	"crane/internal/engine"
	"crane/internal/local/provider"
)

func main() {
	if err := provider.New(provider.Options{}).Run(engine.Context(context.Background()), provider.Name, provider.Version); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
