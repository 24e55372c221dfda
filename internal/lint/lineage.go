package lint

import "maps"

// settle carries what the next file needs to know.
func (c *checker) settle() {
	old := map[string]string{}
	for now, before := range c.was {
		old[now] = c.old[before]
	}
	for name := range c.dropped {
		if c.rebuilt(name) {
			old[name] = c.old[name]
		}
	}
	c.old = old
	maps.DeleteFunc(c.filled, func(name string, _ bool) bool { return c.now.Tables[name] == nil })
}

// nameAfter is what a table of the database is called after the file; empty when
// it is gone. One that was dropped and made anew is still there.
func (c *checker) nameAfter(name string) string {
	for now, before := range c.was {
		if before == name {
			return now
		}
	}
	if c.rebuilt(name) {
		return name
	}
	return ""
}

// rebuilt tells a table that was dropped and is there again.
func (c *checker) rebuilt(name string) bool {
	return c.dropped[name] != nil && c.now.Tables[name] != nil && c.was[name] == ""
}

// sources are the tables that a copy names, or that a view has which it names.
// SQLite says of more that they are read, to check foreign keys.
func (c *checker) sources(t *transfer) []string {
	query := t.tokens[t.body:]
	var names []string
	for _, name := range t.effect.Reads {
		if c.now.Tables[name] != nil && name != t.table && (t.view || query.mentions(name)) {
			names = append(names, name)
		}
	}
	return names
}

// throughView tells a query that names a view.
func (c *checker) throughView(query words) bool {
	for _, o := range c.now.Objects {
		if o.Kind == "view" && query.mentions(lower(o.Name)) {
			return true
		}
	}
	return false
}

// origins are the tables of the database whose rows a table has, by their names
// before the file: itself, or what was copied into it.
func (c *checker) origins(name string) []string {
	if before := c.was[name]; before != "" {
		return []string{before}
	}
	var all []string
	for _, t := range c.copies {
		if t.into == name {
			all = append(all, t.origins...)
		}
	}
	return all
}

// origin is the table of the database that a table is, or is a copy of; empty
// for a new one.
func (c *checker) origin(name string) string {
	if all := c.origins(name); len(all) > 0 {
		return all[0]
	}
	return ""
}

// hasRows tells a table that may have rows where the file runs.
func (c *checker) hasRows(name string) bool {
	return c.emptied[name] == nil && (c.was[name] != "" || c.filled[name])
}

// isNew tells a column that the database does not have yet, so that no row and
// no code knows it.
func (c *checker) isNew(table, column string) bool {
	base := c.base.Tables[c.old[c.origin(table)]]
	return base == nil || columnOf(base, column) == nil
}
