package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"

	"crane/internal/lint"
	"crane/internal/migrate"
	"crane/internal/schema"
)

// SchemaObject is one object of a database's schema.
type SchemaObject struct {
	Kind  string `pulumi:"kind"`
	Name  string `pulumi:"name"`
	Table string `pulumi:"table"`
	SQL   string `pulumi:"sql"`
}

func objects(s schema.Schema) []SchemaObject {
	out := make([]SchemaObject, len(s))
	for i, o := range s {
		out[i] = SchemaObject(o)
	}
	return out
}

// known is the schema that the state has; nil when it has none yet.
func known(state MigrationsState) schema.Schema {
	if state.Schema == nil {
		return nil
	}
	out := make([]schema.Object, len(state.Schema))
	for i, o := range state.Schema {
		out[i] = schema.Object(o)
	}
	return schema.New(out)
}

// foretell names the pending files in a preview, each with the linter's verdict
// on the schema that the state has, and refuses what an update would refuse. It
// sends nothing.
func foretell(ctx context.Context, files []migrate.File, before MigrationsState) error {
	pending, err := migrate.Plan(files, applied(before.Applied))
	if err != nil || len(pending) == 0 {
		return err
	}
	verdicts, err := lint.Check(ctx, known(before), migrate.Linted(pending))
	if err != nil {
		return err
	}
	for _, v := range verdicts {
		p.GetLogger(ctx).Infof("pending %s: %s%s", v.File, v, costs(v, before.Rows))
	}
	if slices.ContainsFunc(verdicts, lint.Verdict.Refused) {
		return &migrate.LintError{Verdicts: verdicts, Rows: before.Rows}
	}
	return nil
}

// costs says what is counted around a file, and about how many rows that reads.
func costs(v lint.Verdict, rows map[string]string) string {
	var tables []string
	for _, name := range v.Counted {
		tables = append(tables, fmt.Sprintf("%s (%s rows)", name, about(rows[name])))
	}
	if len(tables) == 0 {
		return ""
	}
	return "; counts " + strings.Join(tables, ", ") + " before and after"
}

func about(class string) string {
	if class == "" {
		return "unknown"
	}
	return class
}
