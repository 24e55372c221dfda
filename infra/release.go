package main

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"crane/internal/build"
	"crane/internal/promotion"
	"crane/internal/release"
)

// build makes what would run. An update of production runs what staging has
// verified, byte for byte, or is refused; going back, it runs the receipt's bytes,
// and a preview of that looks at the same.
func (p *plan) build() error {
	var err error
	if back := p.returning(); back != nil {
		p.Build, err = build.Restored(p.root, p.fleet, back)
	} else {
		p.Build, err = build.Of(p.root, p.fleet)
	}
	if err != nil || p.admission == nil {
		return err
	}
	receipt := p.admission.Receipt
	return release.Differ(receipt.Compare(p.Candidate(receipt.Commit))) // the gate has compared the commit
}

// returning is the receipt that is gone back to, if one is.
func (p *plan) returning() *release.Signed {
	switch {
	case !p.production():
		return nil
	case p.admission == nil:
		return promotion.Returning(p.root)
	case p.admission.Rollback:
		return p.admission.Signed
	}
	return nil
}

// provisionRelease records, in production's state, what was promoted, once every
// Worker is verified. A preview does not know, and leaves the record as it is.
func (p *plan) provisionRelease(ctx *pulumi.Context, workers map[string]*Worker, opts ...pulumi.ResourceOption) error {
	if !p.production() {
		return nil
	}
	var verified []pulumi.Resource
	for _, name := range sorted(workers) {
		verified = append(verified, workers[name].smoke)
	}
	opts = append(opts, pulumi.DependsOn(verified))
	record := promotion.Note{}
	past := promotion.Past{}
	if p.admission == nil {
		opts = append(opts, pulumi.IgnoreChanges([]string{"commit", "receipt", "verified", "rollback", "history"}))
	} else {
		record, past = p.admission.Note, p.admission.Past()
	}
	return ctx.RegisterResource("crane:index:Release", "release", releaseInputs(past, record), &releaseRecord{}, opts...)
}

type releaseRecord struct{ pulumi.CustomResourceState }

func releaseInputs(past promotion.Past, note promotion.Note) pulumi.Map {
	history := pulumi.Array{}
	for _, before := range note.History {
		history = append(history, pastInputs(before))
	}
	inputs := pastInputs(past)
	inputs["rollback"], inputs["history"] = pulumi.Bool(note.Rollback), history
	return inputs
}

func pastInputs(p promotion.Past) pulumi.Map {
	return pulumi.Map{
		"commit":   pulumi.String(p.Commit),
		"receipt":  pulumi.String(p.Receipt),
		"verified": pulumi.String(p.Verified.UTC().Format(time.RFC3339)),
	}
}
