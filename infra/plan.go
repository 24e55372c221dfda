package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"crane/internal/bundle"
	"crane/internal/migration"
	"crane/internal/secrets"
	"crane/stacks"
)

// plan is everything that the components need, gathered before the first of
// them is registered: plain values, no Outputs.
type plan struct {
	settings
	stack   stacks.Stack
	fleet   stacks.Fleet
	root    string
	bundles map[string]*bundle.Bundle
	files   map[string][]migration.File
	secrets map[string]string
}

func (p program) plan(ctx context.Context, root string, stack stacks.Stack, s settings) (*plan, error) {
	if err := p.fleet.Validate(os.DirFS(root)); err != nil {
		return nil, err
	}
	out := &plan{settings: s, stack: stack, fleet: p.fleet.For(stack), root: root}
	if err := out.readMigrations(); err != nil {
		return nil, err
	}
	if err := out.buildBundles(); err != nil {
		return nil, err
	}
	return out, out.fetchSecrets(ctx, p)
}

func (p *plan) readMigrations() error {
	p.files = map[string][]migration.File{}
	for _, db := range p.fleet.Databases {
		files, err := migration.Read(os.DirFS(filepath.Join(p.root, db.Migrations)))
		if err != nil {
			return fmt.Errorf("%s: %w", db.Migrations, err)
		}
		p.files[db.Name] = files
	}
	return nil
}

// buildBundles builds all Workers side by side and reports every failure, in
// the order of the fleet.
func (p *plan) buildBundles() error {
	p.bundles = map[string]*bundle.Bundle{}
	built := make([]*bundle.Bundle, len(p.fleet.Workers))
	failed := make([]error, len(p.fleet.Workers))
	var group sync.WaitGroup
	for i, w := range p.fleet.Workers {
		group.Go(func() {
			built[i], failed[i] = bundle.Build(p.root, w.Entry, bundle.Options{CompatibilityFlags: w.CompatibilityFlags})
		})
	}
	group.Wait()
	for i, w := range p.fleet.Workers {
		p.bundles[w.Name] = built[i]
	}
	return errors.Join(failed...)
}

// fetchSecrets asks once for all secrets of the stack's scope.
func (p *plan) fetchSecrets(ctx context.Context, from program) error {
	source, err := from.open(p.Secrets)
	if err != nil {
		return err
	}
	want := p.fleet.Secrets(p.stack)
	values, err := source.Fetch(ctx, p.stack.Secrets, want)
	if err != nil {
		return err
	}
	p.secrets, err = secrets.Pick(values, want, p.stack.Secrets, source)
	return err
}

// calls are the requests that a first update would make.
func (p *plan) calls() stacks.Calls {
	files := 0
	for _, of := range p.files {
		files += len(of)
	}
	return p.fleet.Calls(files)
}
