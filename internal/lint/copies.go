package lint

import (
	"slices"

	"crane/internal/scratch"
)

// copies applies a rule to each copy by which a table is made anew.
func copies(fault func(*checker, *transfer, string) string) func(*checker, reporter) {
	return func(c *checker, r reporter) {
		gone := c.gone()
		for _, name := range sorted(gone) {
			for _, t := range c.chain(name, gone[name]) {
				if text := fault(c, t, name); text != "" {
					r.at(t.step, "%s", text).Tables = lossOf(r.rule.ID, name)
				}
			}
		}
	}
}

// lossOf are the tables that lose rows, and not only values.
func lossOf(rule, name string) []string {
	if rule == "copy-skips" || rule == "partial-copy" {
		return []string{name}
	}
	return nil
}

func (c *checker) skips(t *transfer, name string) string {
	if t.conflict == "IGNORE" || t.conflict == "REPLACE" {
		return "rows of " + name + " that do not fit are left out"
	}
	if t.tokens.find(t.body, "NOTHING") >= 0 {
		return "rows of " + name + " that do not fit are left out by DO NOTHING"
	}
	if now := c.now.Tables[t.into]; now != nil {
		sql := tokens(c.now.Objects[scratch.Key("table", t.into)].SQL)
		for i := range sql {
			if sql.starts(i, "ON", "CONFLICT") && contains([]string{"IGNORE", "REPLACE"}, sql.at(i+2)) {
				return "rows of " + name + " that do not fit are left out by ON CONFLICT " + sql.at(i+2)
			}
		}
	}
	return ""
}

func (c *checker) partial(t *transfer, name string) string {
	if word := t.query().omission(); word != "" {
		return "rows of " + name + " may be left out by " + word
	}
	return ""
}

func (c *checker) omits(t *transfer, name string) string {
	was, is := c.start.Tables[name], c.now.Tables[c.nameAfter(name)]
	if was == nil || is == nil {
		return ""
	}
	targets, q, spelt := t.targets(), t.query(), t.items()
	for _, column := range was.Columns {
		key := lower(column.Name)
		if column.Generated || columnOf(is, key) == nil || columnOf(is, key).Generated {
			continue
		}
		named := q.mentions(key) || slices.ContainsFunc(spelt, func(w words) bool { return w.mentions(key) })
		if !slices.Contains(targets, key) || !named {
			return "the values of " + name + "." + column.Name + " are not copied"
		}
	}
	return ""
}

func (c *checker) crosses(t *transfer, name string) string {
	targets := t.targets()
	for i, item := range t.items() {
		column := simple(item)
		if i < len(targets) && column != "" && column != targets[i] && slices.Contains(targets, column) {
			return "the values of " + name + "." + column + " are put into " + targets[i]
		}
	}
	return ""
}

// quotes finds a selected name in double quotes that no table has which is read.
func (c *checker) quotes(t *transfer, _ string) string {
	for _, item := range t.items() {
		if len(item) != 1 || item[0].Text[0] != '"' || contains([]string{"rowid", "oid", "_rowid_"}, bare(item[0].Text)) {
			continue
		}
		known := slices.ContainsFunc(t.from, func(name string) bool { return columnOf(t.before.Tables[name], bare(item[0].Text)) != nil })
		if !known && !t.view && !t.query().has("JOIN", "WITH") {
			return item[0].Text + " is no column there, but a text"
		}
	}
	return ""
}

func (c *checker) retypes(t *transfer, name string) string {
	if t.query().has("CAST") {
		return "a CAST changes values that are not of the type"
	}
	was, is := c.start.Tables[name], c.now.Tables[t.into]
	if was == nil || is == nil || t.into != c.nameAfter(name) {
		return ""
	}
	for _, column := range is.Columns {
		before := columnOf(was, column.Name)
		if before != nil && changes(affinity(before.Type), affinity(column.Type)) {
			return name + "." + column.Name + " was " + before.Type + " and is " + column.Type
		}
	}
	return ""
}
