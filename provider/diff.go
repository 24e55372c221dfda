package main

import (
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// changes gathers what a Diff finds, by property.
type changes map[string]p.PropertyDiff

func (c changes) update(property string, differs bool)  { c.note(property, p.Update, differs) }
func (c changes) replace(property string, differs bool) { c.note(property, p.UpdateReplace, differs) }

func (c changes) note(property string, kind p.DiffKind, differs bool) {
	if differs {
		c[property] = p.PropertyDiff{Kind: kind, InputDiff: true}
	}
}

func (c changes) response() infer.DiffResponse {
	return infer.DiffResponse{HasChanges: len(c) > 0, DetailedDiff: c}
}
