package lint

import (
	"slices"
	"strings"

	"crane/internal/scratch"
)

// eachIndex applies a rule to each new index on a table of the database, or on
// one that takes the place of such a table.
func eachIndex(rule func(c *checker, s *step, origin string, r reporter)) func(*checker, reporter) {
	return func(c *checker, r reporter) {
		for _, s := range c.steps {
			if origin := c.becomes(s); s.verb == "CREATE" && s.kind == "INDEX" && origin != "" && c.made(s) {
				rule(c, s, origin, r)
			}
		}
	}
}

// becomes is the table of the database, by its name before the file, that the
// table of a statement is, or takes the place of later in the file.
func (c *checker) becomes(s *step) string {
	if s.old != "" {
		return s.old
	}
	name := s.table
	for _, later := range c.steps[s.index:] {
		if later.verb == "ALTER" && later.kind == "RENAME TO" && later.table == name {
			name = later.to
		}
	}
	if c.rebuilt(name) {
		return name
	}
	return ""
}

func uniqueIndex(c *checker, s *step, origin string, r reporter) {
	if !s.unique {
		return
	}
	items, next := s.tokens.list(s.body)
	partial := next < len(s.tokens)
	if c.implied(origin, items, s.tokens[s.body:], partial) || c.fresh(s, items) {
		return
	}
	r.at(s, "rows of %s may have the same %s", origin, text(s.tokens[s.body:next])).Rewrite = fill(r.rule.Rewrite, s.table, text(s.tokens[s.body:next]))
}

// made tells a CREATE that was not IF NOT EXISTS of something that is there.
func (c *checker) made(s *step) bool {
	_, before := s.before.Objects[scratch.Key(s.kind, s.name)]
	return !before
}

// implied tells columns that were unique before the file.
func (c *checker) implied(origin string, items []words, tail words, partial bool) bool {
	for _, o := range c.start.Objects {
		if o.Kind != "index" || !scratch.Same(o.Table, origin) {
			continue
		}
		w := tokens(o.SQL)
		if s := shapeOf(w); s.unique && text(w[s.body:]) == text(tail) {
			return true
		}
	}
	names := namesOf(items)
	return slices.ContainsFunc(uniques(c.start, origin), func(known []string) bool {
		return !slices.ContainsFunc(known, func(column string) bool { return !slices.Contains(names, column) })
	})
}

// fresh tells an index with a column that is NULL in all rows, and NULLs are
// never the same.
func (c *checker) fresh(s *step, items []words) bool {
	t := s.before.Tables[s.table]
	if t == nil || c.updated[s.table] || s.old == "" {
		return false
	}
	return slices.ContainsFunc(items, func(item words) bool {
		name, _ := item.name(0)
		known := columnOf(t, name)
		return known != nil && len(item) == 1 && c.isNew(s.table, name) && !known.Generated && (known.Default == "" || scratch.Same(known.Default, "NULL"))
	})
}

// uniques are the columns of a table that are unique together.
func uniques(at *scratch.Snapshot, table string) [][]string {
	t := at.Tables[table]
	if t == nil {
		return nil
	}
	all := slices.Clone(t.Uniques)
	if key := keyOf(t); len(key) > 0 {
		all = append(all, key)
	}
	for _, o := range at.Objects {
		w := tokens(o.SQL)
		if o.Kind != "index" || !scratch.Same(o.Table, table) {
			continue
		}
		if s := shapeOf(w); s.unique {
			if items, next := w.list(s.body); next == len(w) && !slices.ContainsFunc(items, func(i words) bool { return len(i) != 1 }) {
				all = append(all, namesOf(items))
			}
		}
	}
	return all
}

func expressionIndex(_ *checker, s *step, origin string, r reporter) {
	tail := s.tokens[s.body:]
	if where := tail.find(0, "WHERE"); where >= 0 && tail[where:].has("JSON_VALID") {
		return
	}
	for i, t := range tail {
		name := tail.at(i)
		json := strings.HasPrefix(name, "JSON") || name == "-" && tail.at(i+1) == ">"
		date := contains([]string{"DATE", "TIME", "DATETIME", "JULIANDAY", "UNIXEPOCH", "STRFTIME", "TIMEDIFF"}, name)
		if json && name != "JSON_VALID" || date && tail.at(i+1) == "(" {
			r.token(s, t, "rows of %s may hold what cannot be read by %s", origin, lower(name))
			return
		}
	}
}
