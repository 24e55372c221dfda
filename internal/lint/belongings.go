package lint

import (
	"slices"

	"crane/internal/schema"
	"crane/internal/scratch"
)

// dropIndex leaves rebuilt tables to lost-index.
func dropIndex(c *checker, r reporter) {
	c.eachDropped("INDEX", func(s *step, o schema.Object) {
		w := tokens(o.SQL)
		if table := c.nameAfter(s.old); table != "" && !c.rebuilt(table) && shapeOf(w).unique && !c.uniqueStill(w, table) && !c.columnGone(w, table) {
			r.at(s, "rows of %s that are the same by %s are not refused any more", s.old, o.Name)
		}
	})
}

func dropTrigger(c *checker, r reporter) {
	c.eachDropped("TRIGGER", func(s *step, o schema.Object) {
		table := c.nameAfter(s.old)
		if table != "" && !c.rebuilt(table) || c.present("view", o.Table) {
			if !c.present("trigger", o.Name) {
				r.at(s, "writes to %s do not fire %s any more", o.Table, o.Name)
			}
		}
	})
}

// eachDropped visits what the database has and the file drops.
func (c *checker) eachDropped(kind string, visit func(*step, schema.Object)) {
	for _, s := range c.steps {
		key := scratch.Key(lower(kind), s.name)
		_, known := c.base.Objects[key]
		if o, there := s.before.Objects[key]; s.verb == "DROP" && s.kind == kind && known && there {
			visit(s, o)
		}
	}
}

// uniqueStill tells an index whose columns are unique after the file, too.
func (c *checker) uniqueStill(index words, table string) bool {
	body := shapeOf(index).body
	for _, o := range c.now.Objects {
		w := tokens(o.SQL)
		if s := shapeOf(w); o.Kind == "index" && s.unique && scratch.Same(o.Table, table) && text(w[s.body:]) == text(index[body:]) {
			return true
		}
	}
	items, next := index.list(body)
	return next == len(index) && slices.ContainsFunc(uniques(c.now, table), func(known []string) bool { return slices.Equal(known, namesOf(items)) })
}
