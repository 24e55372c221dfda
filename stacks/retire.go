package stacks

import (
	"fmt"
	"slices"
)

// Worker reports whether a Worker is to be retired.
func (r Retire) Worker(name string) bool { return slices.Contains(r.Workers, name) }

// Database reports whether a database is to be retired.
func (r Retire) Database(name string) bool { return slices.Contains(r.Databases, name) }

// Problems are what is wrong with the list itself. That a name is one the fleet
// has never had cannot be known here: it permits nothing.
func (r Retire) Problems() Problems {
	return append(unlisted("Workers", r.Workers), unlisted("Databases", r.Databases)...)
}

func unlisted(field string, names []string) Problems {
	var out Problems
	for i, name := range names {
		at := fmt.Sprintf("stacks/production.go: ProductionRetire.%s[%d]: ", field, i)
		switch {
		case name == "":
			out = append(out, at+"write the name that the fleet has, or remove the entry")
		case slices.Index(names, name) < i:
			out = append(out, at+fmt.Sprintf("%q is named twice; remove one", name))
		}
	}
	return out
}
