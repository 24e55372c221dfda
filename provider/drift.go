package main

import (
	"fmt"
	"slices"
	"strings"

	"crane/internal/migrate"
	"crane/internal/schema"
)

// outside says how a database is not what the state has of it, and what comes
// next; nothing when it is.
func outside(live *migrate.Live, state MigrationsState) []string {
	var all []string
	if len(live.Applied) == 0 && len(state.Applied) > 0 && len(live.Schema) > 0 {
		return []string{"the ledger is gone, the tables are there\nhint: crane drift"}
	}
	if text := ledgerOutside(live, state); text != "" {
		all = append(all, text)
	}
	before := known(state)
	if changes := before.Diff(live.Schema); before != nil && len(changes) > 0 {
		all = append(all, fmt.Sprintf("the schema was changed:\n%s\n"+
			"hint: undo it by hand, or put it into a migration; after this refresh the stack takes it for granted", schema.Text(changes)))
	}
	return all
}

func ledgerOutside(live *migrate.Live, state MigrationsState) string {
	known, ledger := make([]string, len(state.Applied)), make([]string, len(live.Applied))
	for i, row := range state.Applied {
		known[i] = row.Name
	}
	for i, row := range live.Applied {
		ledger[i] = row.Name
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
