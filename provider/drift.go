package main

import (
	"fmt"
	"slices"
	"strings"
)

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
		return fmt.Sprintf("the database no longer has %s\nhint: pulumi up --refresh applies what is missing", strings.Join(missing, ", "))
	case len(more) > 0:
		return fmt.Sprintf("the database has %s, which this stack did not apply\n"+
			"hint: with the file beside the others, pulumi up --refresh takes it over", strings.Join(more, ", "))
	}
	return ""
}

// lacking are the names that others do not have.
func lacking(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(others, name) })
}
