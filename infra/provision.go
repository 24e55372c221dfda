package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// provision registers the components, each after those it needs, and exports
// what people and later steps read.
func (p *plan) provision(ctx *pulumi.Context) error {
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
	export(ctx, databases, workers)
	return nil
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
			Files:     p.files[d.Name],
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
		revision, err := p.revision(w)
		if err != nil {
			return nil, err
		}
		worker, err := NewWorker(ctx, w.Name, &WorkerArgs{
			Plan: p, Worker: w, Revision: revision, Databases: databases, Services: workers,
		}, opts...)
		if err != nil {
			return nil, err
		}
		workers[w.Name] = worker
	}
	return workers, nil
}

func export(ctx *pulumi.Context, databases map[string]*Database, workers map[string]*Worker) {
	dbs, ws := pulumi.Map{}, pulumi.Map{}
	for name, db := range databases {
		dbs[name] = pulumi.Map{"id": db.ID, "name": db.Name, "head": db.Head}
	}
	for name, w := range workers {
		ws[name] = pulumi.Map{"url": w.URL, "revision": w.Revision}
	}
	ctx.Export("databases", dbs)
	ctx.Export("workers", ws)
}
