package scratch

import (
	"slices"
	"strings"

	"modernc.org/sqlite"
)

// Effect is what one statement does, its triggers and foreign-key actions
// included. Names are in lower case.
type Effect struct {
	// Deletes, Inserts and Updates are tables whose rows it may delete, insert
	// or update.
	Deletes, Inserts, Updates []string
	// Drops and Alters are tables that it drops or alters.
	Drops, Alters []string
	// Reads are tables it reads.
	Reads []string
	// Triggers are those that it fires, and views that it reads.
	Triggers []string
	// Denied is what D1 does not allow, such as "function power".
	Denied []string
}

// Touches are all tables whose rows may become fewer or different.
func (e Effect) Touches() []string {
	all := slices.Concat(e.Deletes, e.Inserts, e.Updates, e.Drops)
	slices.Sort(all)
	return slices.Compact(all)
}

// note records an action on a table of the user's.
func (e *Effect) note(action sqlite.AuthorizerActionCode, table string) {
	var list *[]string
	switch action {
	case sqlite.AuthDelete:
		list = &e.Deletes
	case sqlite.AuthInsert:
		list = &e.Inserts
	case sqlite.AuthUpdate:
		list = &e.Updates
	case sqlite.AuthDropTable, sqlite.AuthDropVTable:
		list = &e.Drops
	case sqlite.AuthAlterTable:
		list = &e.Alters
	case sqlite.AuthRead:
		list = &e.Reads
	default:
		return
	}
	add(list, table)
}

// add puts a name into a list once. Names of SQLite's own are left out.
func add(list *[]string, table string) {
	if table = Fold(table); !strings.HasPrefix(table, "sqlite_") && !slices.Contains(*list, table) {
		*list = append(*list, table)
	}
}
