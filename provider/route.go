package main

import (
	"context"
	"errors"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"crane/internal/cloudflare"
	"crane/internal/hint"
	"crane/stacks"
)

// Route makes a script answer under workers.dev.
type Route struct{ world World }

// RouteArgs are the inputs.
type RouteArgs struct {
	AccountID string `pulumi:"accountId"`
	Script    string `pulumi:"script"`
	Domain    string `pulumi:"domain"`
}

// RouteState is what the state keeps.
type RouteState struct {
	RouteArgs
	URL string `pulumi:"url"`
}

// Annotate describes the resource in the schema.
func (r *Route) Annotate(a infer.Annotator) {
	a.SetToken("index", "Route")
	a.Describe(&r, "The workers.dev route of a script. Deleting the resource turns the route off.")
}

// Annotate describes the inputs in the schema.
func (r *RouteArgs) Annotate(a infer.Annotator) {
	a.Describe(&r.AccountID, "Id of the Cloudflare account.")
	a.Describe(&r.Script, "Name of the Worker's script.")
	a.Describe(&r.Domain, "The account's domain, <subdomain>.workers.dev.")
}

// Annotate describes the outputs in the schema.
func (r *RouteState) Annotate(a infer.Annotator) {
	a.Describe(&r.URL, "Where the script answers.")
}

// Check refuses, without a request, a domain of this machine for the real API.
func (*Route) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[RouteArgs], error) {
	args, failures, err := infer.DefaultCheck[RouteArgs](ctx, req.NewInputs)
	if err == nil && len(failures) == 0 && stacks.Loopback(args.Domain) && !stacks.Loopback(host(ctx)) {
		failures = failed("domain", hint.Wrap(
			fmt.Errorf("domain %s is this machine, but the Cloudflare API at %s is not", args.Domain, host(ctx)),
			"set crane:domain to the account's own, <subdomain>.workers.dev"))
	}
	return infer.CheckResponse[RouteArgs]{Inputs: args, Failures: failures}, err
}

// Diff replaces the route of another script. A replacement deletes first: the
// other way round, the route of the same script would end up turned off.
func (*Route) Diff(_ context.Context, req infer.DiffRequest[RouteArgs, RouteState]) (infer.DiffResponse, error) {
	found := changes{}
	found.replace("accountId", req.State.AccountID != req.Inputs.AccountID)
	found.replace("script", req.State.Script != req.Inputs.Script)
	found.update("domain", req.State.Domain != req.Inputs.Domain)
	response := found.response()
	response.DeleteBeforeReplace = true
	return response, nil
}

// Create turns the route on.
func (r *Route) Create(ctx context.Context, req infer.CreateRequest[RouteArgs]) (infer.CreateResponse[RouteState], error) {
	in := req.Inputs
	created := infer.CreateResponse[RouteState]{
		ID:     in.AccountID + "/" + in.Script,
		Output: RouteState{RouteArgs: in, URL: stacks.URL(in.Domain, in.Script)},
	}
	if req.DryRun {
		return created, nil
	}
	client, err := r.world.client(ctx)
	if err != nil {
		return created, hinted(err)
	}
	if err := confirm(ctx, client, in); err != nil {
		return created, hinted(err)
	}
	return created, hinted(client.EnableRoute(ctx, in.AccountID, in.Script))
}

// Update takes over another domain, once it is known to be the account's.
func (r *Route) Update(ctx context.Context, req infer.UpdateRequest[RouteArgs, RouteState]) (infer.UpdateResponse[RouteState], error) {
	in := req.Inputs
	updated := infer.UpdateResponse[RouteState]{Output: RouteState{RouteArgs: in, URL: stacks.URL(in.Domain, in.Script)}}
	if req.DryRun {
		return updated, nil
	}
	client, err := r.world.client(ctx)
	if err != nil {
		return updated, hinted(err)
	}
	return updated, hinted(confirm(ctx, client, in))
}

// Read looks whether the route is on. One that is off, or whose script is gone,
// is gone: the next update turns it on again.
func (r *Route) Read(ctx context.Context, req infer.ReadRequest[RouteArgs, RouteState]) (infer.ReadResponse[RouteArgs, RouteState], error) {
	none := infer.ReadResponse[RouteArgs, RouteState]{}
	client, err := r.world.client(ctx)
	if err != nil {
		return none, hinted(err)
	}
	on, err := client.RouteEnabled(ctx, req.State.AccountID, req.State.Script)
	switch {
	case errors.Is(err, cloudflare.ErrNotFound):
		return none, nil // the script's own refresh says so
	case err != nil:
		return none, hinted(err)
	case !on:
		p.GetLogger(ctx).Warningf("the route of %s was turned off\nhint: pulumi up --stack staging --refresh turns it on again", req.State.Script)
		return none, nil
	}
	return infer.ReadResponse[RouteArgs, RouteState](req), nil
}

// Delete turns the route off.
func (r *Route) Delete(ctx context.Context, req infer.DeleteRequest[RouteState]) (infer.DeleteResponse, error) {
	client, err := r.world.client(ctx)
	if err != nil {
		return infer.DeleteResponse{}, hinted(err)
	}
	return infer.DeleteResponse{}, hinted(client.DisableRoute(ctx, req.State.AccountID, req.State.Script))
}

// WireDependencies tells a preview that the URL follows from the inputs.
func (*Route) WireDependencies(f infer.FieldSelector, args *RouteArgs, state *RouteState) {
	if args.Script != "" && args.Domain != "" {
		f.OutputField(&state.URL).AlwaysKnown()
	}
}

// confirm asks the API whose domain it is. A domain of this machine belongs to
// whoever is at the machine.
func confirm(ctx context.Context, client *cloudflare.Client, in RouteArgs) error {
	if stacks.Loopback(in.Domain) {
		return nil
	}
	subdomain, err := client.Subdomain(ctx, in.AccountID)
	if err != nil {
		return err
	}
	if own := subdomain + ".workers.dev"; own != in.Domain {
		return hint.Wrap(fmt.Errorf("%w: domain is %s, but account %s has %s; the route was not changed",
			ErrDomain, in.Domain, in.AccountID, own), "set crane:domain to "+own)
	}
	return nil
}
