package lint

import (
	"slices"

	"crane/internal/scratch"
)

func lostIndexes(c *checker, r reporter) {
	for _, name := range sorted(c.dropped) {
		if !c.rebuilt(name) {
			continue
		}
		for _, key := range sorted(c.start.Objects) {
			o := c.start.Objects[key]
			if (o.Kind == "index" || o.Kind == "trigger") && scratch.Same(o.Table, name) && !c.again(o.Kind, key, o.SQL, name) {
				r.at(c.dropped[name], "%s %s is not made again", o.Kind, o.Name)
			}
		}
	}
}

// again tells an index or trigger that is there after the file under its name, or
// under another one on the same columns.
func (c *checker) again(kind, key, sql, table string) bool {
	if _, there := c.now.Objects[key]; there {
		return true
	}
	was := tokens(sql)
	for _, o := range c.now.Objects {
		is := tokens(o.SQL)
		if kind == "index" && o.Kind == kind && scratch.Same(o.Table, table) && text(is[shapeOf(is).body:]) == text(was[shapeOf(was).body:]) {
			return true
		}
	}
	return kind == "index" && c.columnGone(was, table)
}

// columnGone tells an index over a column that the table does not have any more.
func (c *checker) columnGone(index words, table string) bool {
	items, _ := index.list(shapeOf(index).body)
	return slices.ContainsFunc(items, func(item words) bool {
		name := simple(item)
		return name != "" && columnOf(c.now.Tables[table], name) == nil
	})
}
