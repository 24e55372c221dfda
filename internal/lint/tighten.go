package lint

import (
	"fmt"
	"slices"
	"strings"

	"crane/internal/scratch"
	"crane/internal/statement"
)

// tighten compares each rebuilt table with what it was before the file.
func tighten(c *checker, r reporter) {
	for _, name := range sorted(c.dropped) {
		if !c.rebuilt(name) {
			continue
		}
		if more := c.tighter(name); len(more) > 0 {
			r.at(c.maker(name), "%s now has %s", name, strings.Join(more, ", "))
		}
	}
}

// maker is the statement that made the table which has this name after the file.
func (c *checker) maker(name string) *step {
	at := name
	for i := len(c.steps) - 1; i >= 0; i-- {
		switch s := c.steps[i]; {
		case s.verb == "ALTER" && s.kind == "RENAME TO" && s.to == at:
			at = s.table
		case s.verb == "CREATE" && s.kind == "TABLE" && s.name == at:
			return s
		}
	}
	return c.dropped[name]
}

func (c *checker) tighter(name string) []string {
	was, is := c.start.Tables[name], c.now.Tables[name]
	more := stricter(was, is)
	known := uniques(c.start, name)
	for _, unique := range append(slices.Clone(is.Uniques), keyOf(is)) {
		covered := slices.ContainsFunc(known, func(k []string) bool { return subset(k, unique) })
		if phrase := "UNIQUE (" + strings.Join(unique, ", ") + ")"; len(unique) > 0 && !covered && !slices.Contains(more, phrase) {
			more = append(more, phrase)
		}
	}
	before := checks(c.start.Objects[scratch.Key("table", name)].SQL, name)
	for _, check := range checks(c.now.Objects[scratch.Key("table", name)].SQL, name) {
		if !slices.Contains(before, check) {
			more = append(more, "CHECK "+check)
		}
	}
	for _, key := range is.Parents {
		if !slices.ContainsFunc(was.Parents, func(k scratch.ForeignKey) bool { return k.Parent == key.Parent && slices.Equal(k.Columns, key.Columns) }) &&
			slices.ContainsFunc(key.Columns, func(column string) bool { return columnOf(was, column) != nil }) {
			more = append(more, fmt.Sprintf("a foreign key (%s) to %s", strings.Join(key.Columns, ", "), key.Parent))
		}
	}
	return more
}

// stricter lists NOT NULL and STRICT that were not there.
func stricter(was, is *scratch.Table) []string {
	var more []string
	if is.Strict && !was.Strict {
		more = append(more, "STRICT")
	}
	for _, column := range is.Columns {
		before := columnOf(was, column.Name)
		if column.NotNull && (before != nil && !before.NotNull && !rowid(was, before) || before == nil && column.Default == "" && !column.Generated) {
			more = append(more, column.Name+" NOT NULL")
		}
	}
	return more
}

// rowid tells the INTEGER PRIMARY KEY, which is never NULL.
func rowid(t *scratch.Table, column *scratch.Column) bool {
	return scratch.Same(column.Type, "INTEGER") && len(keyOf(t)) == 1 && column.Key == 1
}

// subset tells that all of the first are among the others.
func subset(some, others []string) bool {
	return !slices.ContainsFunc(some, func(item string) bool { return !slices.Contains(others, item) })
}

// checks are a table's CHECK constraints, without its own name before columns.
func checks(sql, table string) []string {
	w := tokens(sql)
	var all []string
	for i := range w {
		if w.at(i) != "CHECK" || w.at(i+1) != "(" {
			continue
		}
		_, next := w.list(i + 1)
		all = append(all, text(unqualified(w[i+1:next], table)))
	}
	return all
}

func unqualified(w words, table string) words {
	var plain words
	for i := 0; i < len(w); i++ {
		if w[i].Kind != statement.String && bare(w[i].Text) == table && w.at(i+1) == "." {
			i++
			continue
		}
		plain = append(plain, w[i])
	}
	return plain
}
