package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// The resources of the crane provider, as the program sees them. The provider's
// own package says what each does.
type (
	craneProvider struct{ pulumi.ProviderResourceState }

	migrations struct {
		pulumi.CustomResourceState
		Head pulumi.StringOutput `pulumi:"head"`
	}

	route struct {
		pulumi.CustomResourceState
		URL pulumi.StringOutput `pulumi:"url"`
	}

	smoke struct{ pulumi.CustomResourceState }
)

// newCraneProvider is explicit, because the keys under crane: belong to the
// program and must not reach the provider as its own configuration.
func newCraneProvider(ctx *pulumi.Context, apiHost string) (*craneProvider, error) {
	var p craneProvider
	err := ctx.RegisterResource("pulumi:providers:crane", "crane",
		pulumi.Map{"apiHostname": pulumi.String(apiHost)}, &p)
	return &p, err
}
