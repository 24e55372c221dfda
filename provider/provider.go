package main

import (
	"context"
	"net/http"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// What Pulumi knows the provider by.
const (
	Name    = "crane"
	Version = "0.1.0"
)

// World is everything outside that the provider touches.
type World struct {
	// Root is the folder that the paths of assets are relative to.
	Root string
	// Getenv reads the environment; only CLOUDFLARE_API_TOKEN is asked for.
	Getenv func(string) string
	// API sends the requests to Cloudflare's API; nil means the package's own.
	API *http.Client
	// Workers sends the smoke tests' requests; nil means the package's own.
	Workers *http.Client
	// Now and Sleep are the smoke tests' clock; nil means the real one.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}

// New makes the provider.
func New(w World) (p.Provider, error) {
	return infer.NewProviderBuilder().
		WithDisplayName("Crane").
		WithDescription("D1 migrations, workers.dev routes, smoke tests and the record of releases").
		WithConfig(infer.Config(&Config{})).
		WithResources(
			infer.Resource(&Migrations{world: w}),
			infer.Resource(&Route{world: w}),
			infer.Resource(&Smoke{world: w}),
			infer.Resource(&Release{}),
		).
		Build()
}
