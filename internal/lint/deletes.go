package lint

import (
	"slices"
	"strings"
)

func deleteAll(c *checker, r reporter) {
	for _, s := range c.steps {
		if s.verb != "DELETE" || !s.whole() || s.old == "" {
			continue
		}
		tables := c.unrestored(s)
		if !c.restored(s.old, s) {
			tables = append([]string{s.old}, tables...)
		}
		if len(tables) > 0 {
			r.at(s, "all rows of %s are lost", strings.Join(tables, ", ")).Tables = tables
		}
	}
}

func deleteRows(_ *checker, s *step, r reporter) {
	if s.verb != "DELETE" || s.whole() || s.old == "" {
		return
	}
	tables := append([]string{s.old}, s.lost...)
	r.at(s, "rows of %s are lost", strings.Join(tables, ", ")).Tables = tables
}

func triggerDeletes(c *checker, s *step, r reporter) {
	if len(s.effect.Deletes) == 0 {
		return
	}
	known := c.everyone(s)
	var others []string
	for _, name := range s.effect.Deletes {
		if !slices.Contains(known, name) && c.was[name] != "" {
			others = append(others, c.was[name])
		}
	}
	if slices.Sort(others); len(others) > 0 && (!s.isDrop() || c.hasRows(s.table)) {
		r.at(s, "a trigger deletes rows of %s", strings.Join(others, ", ")).Tables = others
	}
}

// everyone are all tables that foreign keys lead to, rows or not.
func (c *checker) everyone(s *step) []string {
	all := []string{s.table}
	for i := 0; i < len(all); i++ {
		for _, child := range sorted(s.before.Tables) {
			for _, key := range s.before.Tables[child].Parents {
				if key.Parent == all[i] && key.OnDelete == "CASCADE" && !slices.Contains(all, child) {
					all = append(all, child)
				}
			}
		}
	}
	return all
}

func replaceRows(c *checker, s *step, r reporter) {
	var tables []string
	for _, name := range s.replaced {
		if before := c.was[name]; before != "" {
			tables = append(tables, before)
		}
	}
	if len(tables) == 0 {
		return
	}
	for _, name := range s.lost {
		if !slices.Contains(tables, name) {
			tables = append(tables, name)
		}
	}
	r.at(s, "rows of %s may be replaced or lost", strings.Join(tables, ", ")).Tables = tables
}

func updateAll(c *checker, s *step, r reporter) {
	names, _ := s.sets()
	if s.verb != "UPDATE" || s.old == "" || !s.whole() {
		return
	}
	for _, name := range names {
		if !c.isNew(s.table, name) {
			r.at(s, "overwrites %s in all rows of %s", name, s.table).Rewrite = fill(r.rule.Rewrite, s.table, name)
			return
		}
	}
}
