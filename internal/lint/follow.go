package lint

// transfer is a statement that copies rows.
type transfer struct {
	*step
	// into is the table, by the name it has now; from are those that it reads,
	// by the names they had then.
	into string
	from []string
	// origins are the tables of the database whose rows these are, by their
	// names before the file.
	origins []string
	// direct are those of them that are read themselves, and not a copy of them.
	direct []string
	// view tells that they are read through a view.
	view bool
}

// follow keeps the checker's state after a statement.
func (c *checker) follow(s *step) {
	c.count(s)
	switch {
	case s.verb == "DROP" && s.kind == "TABLE":
		c.followDrop(s)
	case s.verb == "ALTER" && s.kind == "RENAME TO":
		c.followRename(s.table, s.to)
	case s.verb == "INSERT", s.verb == "CREATE" && s.kind == "TABLE" && len(s.effect.Reads) > 0:
		c.followCopy(s)
	case s.verb == "UPDATE":
		c.updated[s.table] = true
	case s.verb == "DELETE" && s.whole():
		c.emptied[s.table] = s
	case s.verb == "PRAGMA" && s.tokens.at(1) == "DEFER_FOREIGN_KEYS":
		c.deferred = isOn(s.tokens)
	}
}

func isOn(w words) bool { return contains([]string{"ON", "1", "TRUE", "YES"}, w.at(3)) }

func (c *checker) followDrop(s *step) {
	if before := c.was[s.table]; before != "" {
		c.dropped[before] = s
	}
	delete(c.was, s.table)
	delete(c.filled, s.table)
	delete(c.emptied, s.table)
	delete(c.updated, s.table)
}

func (c *checker) followRename(from, to string) {
	for _, names := range []map[string]bool{c.filled, c.updated} {
		if names[from] {
			delete(names, from)
			names[to] = true
		}
	}
	if before := c.was[from]; before != "" {
		delete(c.was, from)
		c.was[to] = before
	}
	if s := c.emptied[from]; s != nil {
		delete(c.emptied, from)
		c.emptied[to] = s
	}
	for _, t := range c.copies {
		if t.into == from {
			t.into = to
		}
	}
}

func (c *checker) followCopy(s *step) {
	t := &transfer{step: s, into: s.table, view: len(s.effect.Reads) > 0 && c.throughView(s.tokens[s.body:])}
	reads := false
	for _, name := range c.sources(t) {
		reads = reads || c.hasRows(name)
		t.from = append(t.from, name)
		t.origins = append(t.origins, c.origins(name)...)
		if before := c.was[name]; before != "" {
			t.direct = append(t.direct, before)
		}
	}
	if len(t.origins) > 0 {
		c.copies = append(c.copies, t)
	}
	if reads || len(t.from) == 0 {
		delete(c.emptied, s.table)
		c.filled[s.table] = true
	}
}

// count notes the tables whose rows a statement may make fewer.
func (c *checker) count(s *step) {
	names := append(append([]string{}, s.effect.Deletes...), s.effect.Drops...)
	for _, parent := range s.parents() {
		names = append(names, parent)
		names = append(names, c.family(s, parent).all...)
	}
	for _, name := range names {
		if before := c.was[name]; before != "" {
			c.counted[before] = true
		}
	}
}
