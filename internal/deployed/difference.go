package deployed

import (
	"maps"
	"slices"
)

// Difference is how one stack is not as another, by what is promoted: bundles, the
// compatibility settings they were verified with, and migrations. Variables,
// bindings and secrets are each stack's own.
type Difference struct {
	// Workers are those that do not run the same, or that one of the two lacks.
	Workers []string
	// Missing are migrations that the other has and this one has not, or not with
	// that text.
	Missing []Files
	// Extra are migrations that this one has and the other has not.
	Extra []Files
}

// Files are migrations of one database, in the order of its ledger.
type Files struct {
	Database string   `json:"database"`
	Files    []string `json:"files"`
}

// None reports whether there is no difference.
func (d Difference) None() bool { return len(d.Workers)+len(d.Missing)+len(d.Extra) == 0 }

// Against compares with another stack, names in order.
func (s Stack) Against(other Stack) Difference {
	var d Difference
	for _, name := range both(s.Workers, other.Workers) {
		mine, here := s.Workers[name]
		theirs, there := other.Workers[name]
		if !here || !there || !mine.same(theirs) {
			d.Workers = append(d.Workers, name)
		}
	}
	for _, name := range both(s.Databases, other.Databases) {
		mine, theirs := s.Databases[name].Applied, other.Databases[name].Applied
		d.Missing = without(d.Missing, name, theirs, func(a Applied) bool { return slices.Contains(mine, a) })
		d.Extra = without(d.Extra, name, mine, func(a Applied) bool { return named(theirs, a.Name) })
	}
	return d
}

// same reports whether two Workers run the same code in the same way.
func (w Worker) same(other Worker) bool {
	return w.Bundle == other.Bundle && w.CompatibilityDate == other.CompatibilityDate &&
		slices.Equal(w.CompatibilityFlags, other.CompatibilityFlags)
}

// without adds those of a database's migrations that are not had.
func without(to []Files, database string, all []Applied, had func(Applied) bool) []Files {
	var names []string
	for _, a := range all {
		if !had(a) {
			names = append(names, a.Name)
		}
	}
	if len(names) == 0 {
		return to
	}
	return append(to, Files{database, names})
}

func named(all []Applied, name string) bool {
	return slices.ContainsFunc(all, func(a Applied) bool { return a.Name == name })
}

func both[V any](a, b map[string]V) []string {
	names := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(names)
	return slices.Compact(names)
}
