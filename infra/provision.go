package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"crane/stacks"
)

// provision registers the components, each after those it needs, and exports
// what people and later steps read.
func (p *plan) provision(ctx *pulumi.Context) error {
	latches, err := newLatches(ctx, p.production(), keeper{
		fleet: p.fleet, retire: stacks.ProductionRetire, verified: p.admission != nil,
	})
	if err != nil {
		return err
	}
	p.latches = latches
	providers, err := p.providers(ctx)
	if err != nil {
		return err
	}
	databases, err := p.provisionDatabases(ctx, providers)
	if err != nil {
		return err
	}
	workers, err := p.provisionWorkers(ctx, databases, providers)
	if err != nil {
		return err
	}
	p.export(ctx, databases, workers)
	return p.provisionRelease(ctx, workers, providers)
}

func (p *plan) providers(ctx *pulumi.Context) (pulumi.ResourceOption, error) {
	crane, err := newCraneProvider(ctx, p.APIHost)
	if err != nil {
		return nil, err
	}
	cloudflare, err := newCloudflareProvider(ctx, p.Cloudflare, p.calls().Rate())
	return pulumi.Providers(crane, cloudflare), err
}

func (p *plan) provisionDatabases(ctx *pulumi.Context, opts ...pulumi.ResourceOption) (map[string]*Database, error) {
	databases := map[string]*Database{}
	for _, d := range p.fleet.Databases {
		db, err := NewDatabase(ctx, d.Name, &DatabaseArgs{
			AccountID: p.AccountID,
			Name:      p.stack.Database(d.Name),
			Root:      p.root,
			Folder:    d.Migrations,
			Files:     p.Files[d.Name],
			Latches:   p.latches,
		}, opts...)
		if err != nil {
			return nil, err
		}
		databases[d.Name] = db
	}
	return databases, nil
}

func (p *plan) provisionWorkers(ctx *pulumi.Context, databases map[string]*Database, opts ...pulumi.ResourceOption) (map[string]*Worker, error) {
	workers := map[string]*Worker{}
	for _, w := range p.fleet.Workers {
		worker, err := NewWorker(ctx, w.Name, &WorkerArgs{
			Plan: p, Worker: w, Revision: p.revision(w), Databases: databases, Services: workers,
		}, opts...)
		if err != nil {
			return nil, err
		}
		workers[w.Name] = worker
	}
	return workers, nil
}

func (p *plan) export(ctx *pulumi.Context, databases map[string]*Database, workers map[string]*Worker) {
	dbs, ws := pulumi.Map{}, pulumi.Map{}
	for name, db := range databases {
		dbs[name] = pulumi.Map{"id": db.ID, "name": db.Name, "head": db.Head}
	}
	for name, w := range workers {
		ws[name] = pulumi.Map{"url": w.URL, "revision": w.Revision, "bundle": pulumi.String(p.Bundles[name].Digest)}
	}
	ctx.Export("databases", dbs)
	ctx.Export("workers", ws)
	if p.production() {
		ctx.Export("canary", canary())
	}
}

// canary is a secret that production's state always has: with none in it, a
// wrong passphrase would do for a destroy.
func canary() pulumi.Output {
	return pulumi.ToSecret(pulumi.String(stacks.Canary))
}

func (p *plan) production() bool { return p.stack.Name == stacks.Production.Name }
