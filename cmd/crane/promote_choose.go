package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"crane/internal/deployed"
	"crane/internal/hint"
	"crane/internal/promotion"
	"crane/internal/release"
)

// The reasons why there is nothing to promote, or not this.
var (
	errNothingBefore = errors.New("there is nothing to go back to")
	errOlder         = errors.New("the receipt is older than what production runs")
)

// keep is how many promotions are remembered.
const keep = 20

// choose finds the receipt.
func (p *promoting) choose(ctx context.Context) error {
	var err error
	switch {
	case p.rollback:
		return p.chooseEarlier()
	case p.commit != "":
		p.signed, err = p.store.ByCommit(p.commit)
	default:
		p.signed, err = p.newest(ctx)
	}
	if err != nil {
		return err
	}
	p.note = promotion.Note{History: p.history(p.signed.Digest())}
	return p.newer(ctx)
}

// newest is the receipt that was verified last. A commit that changes nothing on
// staging has a receipt of the same moment as the one before it: then it is that
// of what is checked out.
func (p *promoting) newest(ctx context.Context) (*release.Signed, error) {
	newest, err := p.store.Newest()
	if err != nil {
		return nil, err
	}
	head, err := p.files().Head(ctx)
	if err != nil {
		return nil, err
	}
	here, err := p.store.ByCommit(head)
	if err == nil && !here.Receipt.Verified.Before(newest.Receipt.Verified) {
		return here, nil
	}
	return newest, nil
}

func (p *promoting) files() promotion.Checkout {
	return promotion.Checkout{Root: p.Layout.Root, Path: p.getenv("PATH")}
}

// newer refuses to put an old receipt in by mistake: one that was verified
// earlier, or of a commit in the history of the one that runs.
func (p *promoting) newer(ctx context.Context) error {
	runs := p.before.Release
	if runs == nil || p.signed.Digest() == runs.Receipt {
		return nil
	}
	r := p.signed.Receipt
	behind := r.Commit != runs.Commit && p.files().Ancestor(ctx, r.Commit, runs.Commit)
	if !behind && !r.Verified.Before(runs.Verified) {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: %.12s was verified %s, %.12s %s; nothing was changed", errOlder,
		r.Commit, timeText(r.Verified), runs.Commit, timeText(runs.Verified)),
		"promote the newest receipt, or go back with crane promote --rollback")
}

// history is what came before a receipt. A receipt that is promoted again changes
// nothing in it.
func (p *promoting) history(receipt string) []promotion.Past {
	past := []promotion.Past{}
	runs := p.before.Release
	if runs == nil {
		return past
	}
	if runs.Receipt != receipt {
		past = append(past, promotion.Past(runs.Past))
	}
	for _, before := range runs.History {
		past = append(past, promotion.Past(before))
	}
	return past[:min(len(past), keep)]
}

// chooseEarlier finds the receipt to go back to: of what was promoted last when
// that is not what runs, because a promotion failed, and else of what was
// promoted before it. What came after it is no longer history: going back twice
// goes back twice.
func (p *promoting) chooseEarlier() error {
	candidates, err := p.earlier()
	if err != nil {
		return err
	}
	if p.signed, err = p.receiptOf(candidates[0]); err != nil {
		return err
	}
	p.note = promotion.Note{Rollback: true, History: []promotion.Past{}}
	for _, past := range candidates[1:] {
		p.note.History = append(p.note.History, promotion.Past(past))
	}
	return nil
}

func (p *promoting) receiptOf(past deployed.Past) (*release.Signed, error) {
	signed, err := p.store.ByDigest(past.Receipt)
	if errors.Is(err, release.ErrNone) && !errors.Is(err, release.ErrMalformed) {
		return nil, hint.Wrap(fmt.Errorf("%w: the receipt of %.12s is not in %s; nothing was changed", errNothingBefore, past.Commit, p.store.Dir),
			"put the receipt that the deploy run of that commit has published there")
	}
	return signed, err
}

// earlier are the promotions from the one that is gone back to, the newest first.
func (p *promoting) earlier() ([]deployed.Past, error) {
	if p.before.Release == nil {
		return nil, hint.Wrap(fmt.Errorf("%w: no promotion to production has succeeded yet; nothing was changed", errNothingBefore),
			"mend it on staging, then crane promote")
	}
	candidates := append([]deployed.Past{p.before.Release.Past}, p.before.Release.History...)
	if p.commit == "" {
		last, err := p.receiptOf(candidates[0])
		if err != nil {
			return nil, err
		}
		if runs(p.before, last.Receipt) {
			candidates = candidates[1:]
		}
	}
	i := slices.IndexFunc(candidates, func(past deployed.Past) bool { return p.commit == "" || past.Commit == p.commit })
	if i < 0 {
		return nil, hint.Wrap(fmt.Errorf("%w: %s; nothing was changed", errNothingBefore, p.notBefore()), "crane status")
	}
	return candidates[i:], nil
}

func (p *promoting) notBefore() string {
	if p.commit != "" {
		return fmt.Sprintf("no receipt of commit %.12s was ever promoted", p.commit)
	}
	return "what runs is the only thing that was ever promoted"
}

// runs reports whether a stack runs the code of a receipt, verified.
func runs(stack deployed.Stack, r release.Receipt) bool {
	for name, w := range r.Workers {
		has := stack.Workers[name]
		if has.Bundle != w.Bundle || has.VerifiedAt.IsZero() {
			return false
		}
	}
	return true
}
