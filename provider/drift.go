package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"crane/internal/migrate"
)

// anyTable finds a table that is neither the ledger nor D1's or SQLite's own.
const anyTable = `SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'd1_migrations' ` +
	`AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*' LIMIT 1`

// compared is outside, once it is known whether a ledger without a row is that
// of an empty database: what is missing there cannot be applied beside its tables.
func compared(ctx context.Context, db migrate.Database, ledger []string, state MigrationsState) string {
	if len(ledger) == 0 && len(state.Applied) > 0 {
		if results, err := db.Query(ctx, anyTable); err == nil && len(slices.Concat(results...)) > 0 {
			return "the ledger is gone, the tables are there\nhint: crane drift"
		}
	}
	return outside(ledger, state)
}

// outside says how a ledger is not what the state has of it, and what comes
// next; empty when it is.
func outside(ledger []string, state MigrationsState) string {
	known := make([]string, len(state.Applied))
	for i, row := range state.Applied {
		known[i] = row.Name
	}
	missing, more := lacking(known, ledger), lacking(ledger, known)
	switch {
	case len(missing) > 0:
		return fmt.Sprintf("the database no longer has %s\nhint: pulumi up --stack staging --refresh applies what is missing", strings.Join(missing, ", "))
	case len(more) > 0:
		return fmt.Sprintf("the database has %s, which this stack did not apply\n"+
			"hint: with the file beside the others, pulumi up --stack staging --refresh takes it over", strings.Join(more, ", "))
	}
	return ""
}

// lacking are the names that others do not have.
func lacking(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(others, name) })
}
