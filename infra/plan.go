package main

import (
	"context"
	"os"

	"crane/internal/build"
	"crane/internal/promotion"
	"crane/internal/secrets"
	"crane/stacks"
)

// plan is everything that the components need, gathered before the first of
// them is registered: plain values, no Outputs.
type plan struct {
	settings
	*build.Build
	stack   stacks.Stack
	fleet   stacks.Fleet
	root    string
	secrets map[string]string
	// admission is what lets an update of production through; nil otherwise.
	admission *promotion.Admission
	latches   *latches
}

func (p program) plan(ctx context.Context, root string, stack stacks.Stack, s settings, admission *promotion.Admission) (*plan, error) {
	if err := p.fleet.Validate(os.DirFS(root)); err != nil {
		return nil, err
	}
	out := &plan{settings: s, stack: stack, fleet: p.fleet.For(stack), root: root, admission: admission}
	if err := out.build(); err != nil {
		return nil, err
	}
	return out, out.fetchSecrets(ctx, p)
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
	for _, of := range p.Files {
		files += len(of)
	}
	return p.fleet.Calls(files)
}
