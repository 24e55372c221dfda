package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"crane/internal/build"
	"crane/internal/gate"
	"crane/internal/hint"
	"crane/internal/promotion"
	"crane/internal/release"
	"crane/stacks"
)

// errStagingSick means that staging is not healthy now, whatever it was.
var errStagingSick = errors.New("staging is not healthy right now")

// admitted asks the gate, as the program will again.
func (p *promoting) admitted(ctx context.Context) error {
	if err := promotion.Prepare(p.root, p.signed, p.note); err != nil {
		return err
	}
	_, err := promotion.Admit(ctx, promotion.Request{
		Root:    p.root,
		Where:   gate.Where{APIHost: p.production.APIHost, Infisical: p.production.Infisical},
		Environ: append(p.machine(), append([]string{"PATH=" + p.getenv("PATH")}, p.job...)...),
		Now:     time.Now,
	})
	return err
}

// compare holds what this checkout makes against the receipt, as the program will.
func (p *promoting) compare(context.Context) error {
	if p.rollback {
		return nil // the receipt's own bytes are run
	}
	fleet := stacks.Default()
	if err := fleet.Validate(os.DirFS(p.root)); err != nil {
		return err
	}
	made, err := build.Of(p.root, fleet.For(stacks.Production))
	if err != nil {
		return err
	}
	return release.Differ(p.signed.Receipt.Compare(made.Candidate(p.signed.Receipt.Commit)))
}

// current checks that the code which is put back runs on the schema there is.
func (p *promoting) current(ctx context.Context) error {
	if !p.rollback {
		return nil
	}
	return p.runsOn(ctx)
}

// probe asks staging whether it is healthy. Going back does not wait for it.
func (p *promoting) probe(ctx context.Context) error {
	if p.rollback {
		return nil
	}
	rows, err := ask(ctx, stacks.Default().For(stacks.Staging), p.staging.Domain)
	if err != nil {
		return err
	}
	if err := p.sick(rows, "crane status"); err != nil {
		return hint.Wrap(fmt.Errorf("%w: %w; nothing was changed", errStagingSick, err), hint.Of(err))
	}
	return nil
}

// apart proves that production holds none of staging's infra secrets.
func (p *promoting) apart(ctx context.Context) error {
	h, err := p.hold(ctx, p.Layout, stacks.Production)
	if err != nil {
		return err
	}
	values, err := h.pick(h.want)
	if err != nil {
		return err
	}
	return p.signed.Receipt.Secrets.Isolated(stacks.Default(), values)
}
