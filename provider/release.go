package main

import (
	"context"
	"reflect"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Release is the record, in a stack's state, of what was promoted to it last.
// It waits for every smoke test, so that what it names has been verified.
type Release struct{}

// Past is one promotion.
type Past struct {
	Commit   string `pulumi:"commit"`
	Receipt  string `pulumi:"receipt"`
	Verified string `pulumi:"verified"`
}

// ReleaseArgs are the inputs.
type ReleaseArgs struct {
	Past
	Rollback bool   `pulumi:"rollback"`
	History  []Past `pulumi:"history"`
}

// ReleaseState is what the state keeps.
type ReleaseState struct{ ReleaseArgs }

// Annotate describes the resource in the schema.
func (r *Release) Annotate(a infer.Annotator) {
	a.SetToken("index", "Release")
	a.Describe(&r, "The record of what was promoted last. It changes nothing but the state.")
}

// Annotate describes the inputs in the schema.
func (p *Past) Annotate(a infer.Annotator) {
	a.Describe(&p.Commit, "The commit that staging verified.")
	a.Describe(&p.Receipt, "The SHA-256 of staging's receipt, in hexadecimal digits.")
	a.Describe(&p.Verified, "When staging verified it, RFC 3339 in UTC.")
}

// Annotate describes the inputs in the schema.
func (r *ReleaseArgs) Annotate(a infer.Annotator) {
	a.Describe(&r.Rollback, "Whether this went back to an earlier receipt.")
	a.Describe(&r.History, "What was promoted before, the newest first.")
}

// Diff compares the whole record.
func (*Release) Diff(_ context.Context, req infer.DiffRequest[ReleaseArgs, ReleaseState]) (infer.DiffResponse, error) {
	found := changes{}
	found.update("receipt", req.State.Past != req.Inputs.Past)
	found.update("rollback", req.State.Rollback != req.Inputs.Rollback)
	found.update("history", !reflect.DeepEqual(req.State.History, req.Inputs.History))
	return found.response(), nil
}

// Create makes the record.
func (*Release) Create(_ context.Context, req infer.CreateRequest[ReleaseArgs]) (infer.CreateResponse[ReleaseState], error) {
	return infer.CreateResponse[ReleaseState]{ID: req.Name, Output: ReleaseState{req.Inputs}}, nil
}

// Update replaces the record.
func (*Release) Update(_ context.Context, req infer.UpdateRequest[ReleaseArgs, ReleaseState]) (infer.UpdateResponse[ReleaseState], error) {
	return infer.UpdateResponse[ReleaseState]{Output: ReleaseState{req.Inputs}}, nil
}
