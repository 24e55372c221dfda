package main

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi-cloudflare/sdk/v5/go/cloudflare"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"crane/internal/revision"
)

// script is the upload: one module and the whole set of bindings, because an
// upload replaces the set. Every list is in the order of its names, so that
// the same fleet always makes the same inputs.
func (a *WorkerArgs) script() *cloudflare.WorkersScriptArgs {
	return &cloudflare.WorkersScriptArgs{
		AccountId:          pulumi.String(a.Plan.AccountID),
		Name:               pulumi.String(a.Plan.stack.Script(a.Worker.Name)),
		Content:            pulumi.String(a.Plan.Bundles[a.Worker.Name].Code),
		Module:             pulumi.Bool(true),
		CompatibilityDate:  pulumi.String(a.Worker.CompatibilityDate),
		CompatibilityFlags: pulumi.ToStringArray(a.Worker.CompatibilityFlags),
		PlainTextBindings:  a.plainTexts(),
		SecretTextBindings: a.secretTexts(),
		D1DatabaseBindings: a.d1(),
		ServiceBindings:    a.services(),
	}
}

func (a *WorkerArgs) plainTexts() cloudflare.WorkersScriptPlainTextBindingArray {
	vars := maps.Clone(a.Worker.Vars)
	vars[revision.StackBinding] = a.Plan.stack.Name
	vars[revision.Binding] = a.Revision
	var out cloudflare.WorkersScriptPlainTextBindingArray
	for _, name := range sorted(vars) {
		out = append(out, cloudflare.WorkersScriptPlainTextBindingArgs{
			Name: pulumi.String(name), Text: pulumi.String(vars[name]),
		})
	}
	return out
}

func (a *WorkerArgs) secretTexts() cloudflare.WorkersScriptSecretTextBindingArray {
	var out cloudflare.WorkersScriptSecretTextBindingArray
	for _, name := range sorted(a.Worker.Secrets) {
		value := pulumi.ToSecret(pulumi.String(a.Plan.secrets[name])).(pulumi.StringOutput)
		out = append(out, cloudflare.WorkersScriptSecretTextBindingArgs{Name: pulumi.String(name), Text: value})
	}
	return out
}

func (a *WorkerArgs) d1() cloudflare.WorkersScriptD1DatabaseBindingArray {
	var out cloudflare.WorkersScriptD1DatabaseBindingArray
	for _, binding := range sorted(a.Worker.Databases) {
		out = append(out, cloudflare.WorkersScriptD1DatabaseBindingArgs{
			Name: pulumi.String(binding), DatabaseId: a.Databases[a.Worker.Databases[binding]].ID,
		})
	}
	return out
}

func (a *WorkerArgs) services() cloudflare.WorkersScriptServiceBindingArray {
	var out cloudflare.WorkersScriptServiceBindingArray
	for _, binding := range sorted(a.Worker.Services) {
		out = append(out, cloudflare.WorkersScriptServiceBindingArgs{
			Name:    pulumi.String(binding),
			Service: pulumi.String(a.Plan.stack.Script(a.Worker.Services[binding])),
		})
	}
	return out
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
