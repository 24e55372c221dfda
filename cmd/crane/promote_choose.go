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
func (p *promoting) choose(context.Context) error {
	var err error
	switch {
	case p.rollback:
		return p.chooseEarlier()
	case p.commit != "":
		p.signed, err = p.store.ByCommit(p.commit)
	default:
		p.signed, err = p.store.Newest()
	}
	if err != nil {
		return err
	}
	p.note = promotion.Note{History: p.history(p.signed.Digest())}
	return p.newer()
}

// newer refuses to put an old receipt in by mistake.
func (p *promoting) newer() error {
	runs := p.before.Release
	if runs == nil || p.signed.Digest() == runs.Receipt || !p.signed.Receipt.Verified.Before(runs.Verified) {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: %.12s was verified %s, %.12s %s; nothing was changed", errOlder,
		p.signed.Receipt.Commit, timeText(p.signed.Receipt.Verified), runs.Commit, timeText(runs.Verified)),
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
// promoted before it.
func (p *promoting) chooseEarlier() error {
	past, err := p.earlier()
	if err != nil {
		return err
	}
	p.signed, err = p.store.ByDigest(past.Receipt)
	if errors.Is(err, release.ErrNone) {
		return hint.Wrap(fmt.Errorf("%w: the receipt of %.12s is not in %s; nothing was changed", errNothingBefore, past.Commit, p.store.Dir),
			"put the receipt that the deploy run of that commit has published there")
	}
	p.note = promotion.Note{Rollback: true, History: p.history(past.Receipt)}
	return err
}

func (p *promoting) earlier() (deployed.Past, error) {
	if p.before.Release == nil {
		return deployed.Past{}, hint.Wrap(fmt.Errorf("%w: no promotion to production has succeeded yet; nothing was changed", errNothingBefore),
			"mend it on staging, then crane promote")
	}
	candidates := append([]deployed.Past{p.before.Release.Past}, p.before.Release.History...)
	if p.commit == "" && p.runsRelease() {
		candidates = candidates[1:]
	}
	i := slices.IndexFunc(candidates, func(past deployed.Past) bool { return p.commit == "" || past.Commit == p.commit })
	if i < 0 {
		return deployed.Past{}, hint.Wrap(fmt.Errorf("%w: %s; nothing was changed", errNothingBefore, p.notBefore()), "crane status")
	}
	return candidates[i], nil
}

func (p *promoting) notBefore() string {
	if p.commit != "" {
		return "no receipt of commit " + p.commit[:12] + " was ever promoted"
	}
	return "what runs is the only thing that was ever promoted"
}

// runsRelease reports whether production runs what was promoted last, verified.
func (p *promoting) runsRelease() bool {
	last, err := p.store.ByDigest(p.before.Release.Receipt)
	if err != nil {
		return true // without its receipt it cannot be gone back to either
	}
	for name, w := range last.Receipt.Workers {
		runs := p.before.Workers[name]
		if runs.Bundle != w.Bundle || runs.VerifiedAt.IsZero() {
			return false
		}
	}
	return true
}
