package lint

import (
	"slices"

	"crane/internal/scratch"
)

// replaced are the tables, by their names now, whose rows REPLACE may delete: by
// the statement's own words, by those of a trigger that it fires, or by those of
// a table that it writes. The statement's own words go before all others, see
// https://www.sqlite.org/lang_createtrigger.html.
func (c *checker) replaced(s *step) []string {
	var names []string
	switch {
	case s.conflict == "REPLACE":
		names = append(names, s.table)
		names = append(names, s.effect.Inserts...)
	case s.conflict == "" && contains([]string{"INSERT", "UPDATE", "DELETE"}, s.verb):
		names = c.replacedElsewhere(s)
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		return s.before.Tables[name] == nil || name != s.table && len(uniques(s.before, name)) == 0
	})
	slices.Sort(names)
	return slices.Compact(names)
}

func (c *checker) replacedElsewhere(s *step) []string {
	var names []string
	for _, name := range s.effect.Triggers {
		names = append(names, tokens(s.before.Objects[scratch.Key("trigger", name)].SQL).replaces()...)
	}
	for _, name := range slices.Concat(s.effect.Inserts, s.effect.Updates) {
		if replacing(s.before, name) && (s.verb != "UPDATE" || name != s.table || s.setsKey()) {
			names = append(names, name)
		}
	}
	return names
}

// replaces are the tables that a trigger writes with REPLACE or OR REPLACE.
func (w words) replaces() []string {
	var names []string
	for i := range w {
		if w.at(i) == "REPLACE" && (w.at(i+1) == "INTO" || w.at(i-1) == "OR") {
			name, _ := w.name(w.skip(i+1, "INTO"))
			names = append(names, name)
		}
	}
	return names
}

// replacing tells a table that is made with UNIQUE or PRIMARY KEY ON CONFLICT
// REPLACE. After NOT NULL these words only put in the default.
func replacing(at *scratch.Snapshot, name string) bool {
	w := tokens(at.Objects[scratch.Key("table", name)].SQL)
	for i := range w {
		if w.starts(i, "ON", "CONFLICT", "REPLACE") && w.at(i-1) != "NULL" {
			return true
		}
	}
	return false
}

// setsKey tells an UPDATE of a column that is unique, alone or with others.
func (s *step) setsKey() bool {
	names, _ := s.sets()
	keys := slices.Concat(uniques(s.before, s.table)...)
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(keys, name) })
}
