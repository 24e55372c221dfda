package lint

import (
	"slices"
	"strings"
)

// isDrop tells a DROP TABLE.
func (s *step) isDrop() bool {
	return s.verb == "DROP" && s.kind == "TABLE" && s.before.Tables[s.table] != nil
}

func cascade(c *checker, r reporter) {
	for _, s := range c.steps {
		if !s.isDrop() {
			continue
		}
		if lost := c.unrestored(s); len(lost) > 0 {
			r.at(s, "deletes the rows of %s too, by ON DELETE CASCADE", strings.Join(lost, ", ")).Tables = lost
		}
	}
}

// unrestored are the tables that lose rows by foreign keys and do not get them
// back from a copy later in the file.
func (c *checker) unrestored(s *step) []string {
	return slices.DeleteFunc(slices.Clone(s.lost), func(name string) bool {
		return c.restored(name, s) && !slices.Contains(s.copied, name)
	})
}

// restored tells a table that gets its rows back: copied, or, for a search index,
// read again from the table that it is of.
func (c *checker) restored(name string, gone *step) bool {
	if t := c.start.Tables[name]; t != nil && t.Virtual {
		return slices.ContainsFunc(c.steps[gone.index:], func(s *step) bool { return s.verb == "INSERT" && s.table == name })
	}
	return len(c.chain(name, gone)) > 0
}

func setNull(c *checker, s *step, r reporter) {
	if nulled := c.oldNames(c.nulledByUpdate(s)); len(nulled) > 0 {
		r.at(s, "takes the references away from the rows of %s, by ON UPDATE SET NULL or SET DEFAULT", strings.Join(nulled, ", "))
	}
	if !s.isDrop() && (s.verb != "DELETE" || !s.whole()) || !c.hasRows(s.table) {
		return
	}
	if nulled := c.oldNames(c.family(s, s.table).nulled); len(nulled) > 0 {
		r.at(s, "takes the references away from the rows of %s, by ON DELETE SET NULL or SET DEFAULT", strings.Join(nulled, ", "))
	}
}

// nulledByUpdate are the tables whose references an UPDATE of the columns that
// they refer to takes away.
func (c *checker) nulledByUpdate(s *step) []string {
	set, _ := s.sets()
	var names []string
	for _, child := range sorted(s.before.Tables) {
		for _, key := range s.before.Tables[child].Parents {
			nulls := key.Parent == s.table && (key.OnUpdate == "SET NULL" || key.OnUpdate == "SET DEFAULT")
			if nulls && c.hasRows(child) && slices.ContainsFunc(keys(s.before, key), func(k string) bool { return slices.Contains(set, lower(k)) }) {
				names = append(names, child)
			}
		}
	}
	return names
}

// oldNames are the names before the file of tables of the database, or of what
// has been copied from them.
func (c *checker) oldNames(names []string) []string {
	var old []string
	for _, name := range names {
		if origin := c.origin(name); origin != "" && !slices.Contains(old, origin) {
			old = append(old, origin)
		}
	}
	slices.Sort(old)
	return old
}

// referenced looks at each DROP at the end, because what comes after it may undo
// what it did.
func referenced(c *checker, r reporter) {
	for _, s := range c.steps {
		if len(s.holding) == 0 {
			continue
		}
		var held []string
		for _, child := range s.holding {
			if !(s.deferred && (c.remade(s) || c.droppedAfter(s, child))) {
				held = append(held, child)
			}
		}
		if len(held) > 0 {
			r.at(s, "fails when rows of %s refer to rows of %s", strings.Join(held, ", "), s.table)
		}
	}
}

// remade tells a dropped table that is created again under its name and filled.
func (c *checker) remade(drop *step) bool {
	created := false
	for _, s := range c.steps[drop.index+1:] {
		created = created || s.verb == "CREATE" && s.kind == "TABLE" && s.name == drop.table
		if created && s.verb == "INSERT" && s.table == drop.table && len(s.effect.Reads) > 0 {
			return true
		}
	}
	return false
}

func (c *checker) droppedAfter(drop *step, child string) bool {
	return slices.ContainsFunc(c.steps[drop.index+1:], func(s *step) bool { return s.isDrop() && s.table == child })
}

func dropTable(c *checker, r reporter) {
	for _, name := range sorted(c.dropped) {
		switch s := c.dropped[name]; {
		case !c.rebuilt(name):
			r.at(s, "the rows of %s are lost", name).Tables = []string{name}
		case !c.restored(name, s):
			r.at(s, "%s is made anew without its rows", name).Tables = []string{name}
		}
	}
}
