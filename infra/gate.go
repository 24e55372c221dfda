package main

import (
	"context"
	"time"

	"crane/internal/gate"
	"crane/internal/promotion"
	"crane/stacks"
)

// gate is the program's first statement. It goes by the account that would be
// touched as well as by the stack's name. A preview cannot change anything and
// is let through; nothing else opens the gate for an update of production.
func (p program) gate(ctx context.Context, stack stacks.Stack, root string) (*promotion.Admission, error) {
	production, err := promotion.Touches(stack, p.config["crane:accountId"])
	if err != nil || !production || p.preview {
		return nil, err
	}
	return promotion.Admit(ctx, promotion.Request{
		Root:    root,
		Where:   gate.Where{APIHost: p.config["cloudflare:apiHostname"], Infisical: p.config["crane:infisical"]},
		Environ: p.environ,
		Now:     time.Now,
	})
}
