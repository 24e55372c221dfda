package main

import (
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"crane/internal/toolchain"
)

// cloudflareProvider is Cloudflare's own.
type cloudflareProvider struct{ pulumi.ProviderResourceState }

// newCloudflareProvider is configured as the provider that Pulumi would make by
// itself, from the keys under cloudflare:, and with a rate unless one of them
// is the rate. It also has that provider's name, and so takes its place in a
// state: nothing that was made, or is imported later, under the one belongs to
// another provider than under the other. The token is left to the environment,
// from where no state learns it.
func newCloudflareProvider(ctx *pulumi.Context, config map[string]string, rate int) (*cloudflareProvider, error) {
	inputs := pulumi.Map{"rps": pulumi.String(strconv.Itoa(rate))}
	for name, value := range config {
		inputs[name] = pulumi.String(value)
	}
	var p cloudflareProvider
	name := "default_" + strings.ReplaceAll(toolchain.PluginVersion, ".", "_")
	err := ctx.RegisterResource("pulumi:providers:cloudflare", name, inputs, &p, pulumi.Version(toolchain.PluginVersion))
	return &p, err
}
