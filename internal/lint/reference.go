package lint

import (
	"fmt"
	"slices"
	"strings"

	"crane/internal/scratch"
)

// Reference is one foreign key, as a guard counts its orphans.
type Reference struct {
	// Child refers to Parent; both are names in lower case.
	Child, Parent string
	// Columns of the child refer to Keys of the parent, one by one. There are no
	// keys where there is no such parent.
	Columns, Keys []string
}

// Orphans is a query that counts the rows of the child that refer to nothing. A
// NULL in any column refers to nothing on purpose. The parent's column stands on
// the left, because there its collation decides, as it does for SQLite.
func (r Reference) Orphans() string {
	var set, match []string
	for i, column := range r.Columns {
		set = append(set, fmt.Sprintf(`c."%s" IS NOT NULL`, quote(column)))
		if len(r.Keys) > 0 {
			match = append(match, fmt.Sprintf(`p."%s" = c."%s"`, quote(r.Keys[i]), quote(column)))
		}
	}
	query := fmt.Sprintf(`SELECT count(*) FROM "%s" AS c WHERE %s`, quote(r.Child), strings.Join(set, " AND "))
	if len(match) == 0 {
		return query
	}
	return fmt.Sprintf(`%s AND NOT EXISTS (SELECT 1 FROM "%s" AS p WHERE %s)`, query, quote(r.Parent), strings.Join(match, " AND "))
}

func quote(name string) string { return strings.ReplaceAll(name, `"`, `""`) }

// touched are the tables whose rows the file may change, by all their names.
func (c *checker) touched() []string {
	var names []string
	for _, s := range c.steps {
		for _, name := range s.effect.Touches() {
			names = append(names, name, c.nameAfter(name))
		}
	}
	return names
}

// references are the foreign keys from or to one of the tables, in order.
func references(s *scratch.Snapshot, touched []string) []Reference {
	var all []Reference
	for _, child := range sorted(s.Tables) {
		for _, key := range s.Tables[child].Parents {
			if slices.Contains(touched, child) || slices.Contains(touched, key.Parent) {
				all = append(all, Reference{child, key.Parent, key.Columns, keys(s, key)})
			}
		}
	}
	return all
}

// keys are the columns of the parent that are referred to.
func keys(s *scratch.Snapshot, key scratch.ForeignKey) []string {
	parent := s.Tables[key.Parent]
	if parent == nil {
		return nil
	}
	out := slices.Clone(key.Keys)
	for i := range out {
		for _, column := range parent.Columns {
			if out[i] == "" && column.Key == i+1 {
				out[i] = column.Name
			}
		}
	}
	return out
}
