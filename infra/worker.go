package main

import (
	"errors"

	"github.com/pulumi/pulumi-cloudflare/sdk/v5/go/cloudflare"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"crane/stacks"
)

// WorkerArgs is what one Worker needs.
type WorkerArgs struct {
	// Plan is what was gathered for the whole stack.
	Plan *plan
	// Worker is the Worker as this stack has it.
	Worker stacks.Worker
	// Revision is the digest that smoke waits for.
	Revision string
	// Databases and Services are the components there are so far, by name.
	Databases map[string]*Database
	Services  map[string]*Worker
}

// Worker is a script that answers: uploaded, scheduled, routed and probed.
type Worker struct {
	pulumi.ResourceState

	// URL is where the Worker answers.
	URL pulumi.StringOutput `pulumi:"url"`
	// Revision is what /health shows.
	Revision pulumi.StringOutput `pulumi:"revision"`

	smoke *smoke
}

// NewWorker registers the component and its children.
func NewWorker(ctx *pulumi.Context, name string, args *WorkerArgs, opts ...pulumi.ResourceOption) (*Worker, error) {
	w := &Worker{}
	if err := args.check(); err != nil {
		return nil, err
	}
	if err := ctx.RegisterComponentResource(stacks.WorkerComponent, name, w, opts...); err != nil {
		return nil, err
	}
	if err := w.provision(ctx, name, args); err != nil {
		return nil, err
	}
	return w, ctx.RegisterResourceOutputs(w, pulumi.Map{"url": w.URL, "revision": w.Revision})
}

// check finds what only a mistake in this program could leave out.
func (a *WorkerArgs) check() error {
	if a.Plan.Bundles[a.Worker.Name] == nil || a.Revision == "" || a.Plan.latches == nil {
		return errors.New("a worker needs a bundle, a revision and latches")
	}
	for _, db := range a.Worker.Databases {
		if a.Databases[db] == nil {
			return errors.New("a worker comes after its databases")
		}
	}
	for _, service := range a.Worker.Services {
		if a.Services[service] == nil {
			return errors.New("a worker comes after those it binds")
		}
	}
	return nil
}

func (w *Worker) provision(ctx *pulumi.Context, name string, args *WorkerArgs) error {
	w.Revision = pulumi.String(args.Revision).ToStringOutput()
	script, err := cloudflare.NewWorkersScript(ctx, stacks.ScriptName(name), args.script(),
		append(args.Plan.latches.script(name), pulumi.Parent(w), pulumi.DependsOn(args.needs()))...)
	if err != nil {
		return err
	}
	ready := []pulumi.Resource{script}
	if crons := args.Worker.Crons; len(crons) > 0 {
		trigger, err := cloudflare.NewWorkersCronTrigger(ctx, name+"-crons", &cloudflare.WorkersCronTriggerArgs{
			AccountId:  pulumi.String(args.Plan.AccountID),
			ScriptName: script.Name,
			Schedules:  pulumi.ToStringArray(crons),
		}, pulumi.Parent(w))
		if err != nil {
			return err
		}
		ready = append(ready, trigger)
	}
	return w.publish(ctx, name, args, script, ready)
}

// publish turns the route on and waits until the revision answers.
func (w *Worker) publish(ctx *pulumi.Context, name string, args *WorkerArgs, script *cloudflare.WorkersScript, ready []pulumi.Resource) error {
	var r route
	err := ctx.RegisterResource("crane:index:Route", name+"-route", pulumi.Map{
		"accountId": pulumi.String(args.Plan.AccountID),
		"script":    script.Name,
		"domain":    pulumi.String(args.Plan.Domain),
	}, &r, pulumi.Parent(w), pulumi.DependsOn([]pulumi.Resource{script}),
		pulumi.DeleteBeforeReplace(true)) // after, the delete would turn off what the create turned on
	if err != nil {
		return err
	}
	w.URL, w.smoke = r.URL, &smoke{}
	return ctx.RegisterResource("crane:index:Smoke", name+"-smoke", pulumi.Map{
		"url":        r.URL,
		"revision":   pulumi.String(args.Revision),
		"migrations": args.heads(),
		"deadline":   pulumi.Int(args.Plan.SmokeSeconds),
	}, w.smoke, pulumi.Parent(w), pulumi.DependsOn(ready))
}

// needs is what must have happened before the script is uploaded: migrations
// applied, and every Worker it binds verified.
func (a *WorkerArgs) needs() []pulumi.Resource {
	var needs []pulumi.Resource
	for _, binding := range sorted(a.Worker.Databases) {
		needs = append(needs, a.Databases[a.Worker.Databases[binding]])
	}
	for _, binding := range sorted(a.Worker.Services) {
		needs = append(needs, a.Services[a.Worker.Services[binding]].smoke)
	}
	return needs
}

func (a *WorkerArgs) heads() pulumi.StringMap {
	heads := pulumi.StringMap{}
	for binding, db := range a.Worker.Databases {
		heads[binding] = a.Databases[db].Head
	}
	return heads
}
