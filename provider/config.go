package main

import (
	"cmp"
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"

	"crane/internal/cloudflare"
)

// Config is the provider's configuration, crane:apiHostname and crane:apiToken
// for a provider that was not made explicitly.
type Config struct {
	APIHostname string `pulumi:"apiHostname,optional"`
	APIToken    string `pulumi:"apiToken,optional" provider:"secret"`
}

// Annotate describes the configuration in the schema.
func (c *Config) Annotate(a infer.Annotator) {
	a.Describe(&c.APIHostname, "Host and optional port of the Cloudflare API. Default: "+cloudflare.DefaultHost+".")
	a.Describe(&c.APIToken, "Cloudflare API token. Default: CLOUDFLARE_API_TOKEN, which is then not kept in the state.")
}

// Diff never replaces the provider: a new token must not replace, and so for a
// moment switch off, everything that was made with the old one.
func (*Config) Diff(_ context.Context, req infer.DiffRequest[*Config, *Config]) (infer.DiffResponse, error) {
	found := changes{}
	found.update("apiHostname", req.State.APIHostname != req.Inputs.APIHostname)
	found.update("apiToken", req.State.APIToken != req.Inputs.APIToken)
	return found.response(), nil
}

// host is where the API answers.
func host(ctx context.Context) string {
	return cmp.Or(infer.GetConfig[*Config](ctx).APIHostname, cloudflare.DefaultHost)
}

// client is made when a request is due, so that a preview needs no token.
func (w World) client(ctx context.Context) (*cloudflare.Client, error) {
	return cloudflare.New(cloudflare.Config{
		Host:       host(ctx),
		Token:      cmp.Or(infer.GetConfig[*Config](ctx).APIToken, w.Getenv("CLOUDFLARE_API_TOKEN")),
		HTTPClient: w.API,
	})
}
