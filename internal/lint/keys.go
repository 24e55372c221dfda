package lint

import (
	"strings"

	"crane/internal/scratch"
	"crane/internal/statement"
)

// columnOf finds a column by its name in lower case.
func columnOf(t *scratch.Table, name string) *scratch.Column {
	for i := range t.Columns {
		if scratch.Same(t.Columns[i].Name, name) {
			return &t.Columns[i]
		}
	}
	return nil
}

// keyOf is the primary key's columns, in lower case and in order.
func keyOf(t *scratch.Table) []string {
	var key []string
	for n := 1; n <= len(t.Columns); n++ {
		for _, column := range t.Columns {
			if column.Key == n {
				key = append(key, lower(column.Name))
			}
		}
	}
	return key
}

// text is words in one line and in lower case.
func text(w words) string {
	var parts []string
	for _, t := range w {
		if t.Kind == statement.String {
			parts = append(parts, t.Text)
			continue
		}
		parts = append(parts, bare(t.Text))
	}
	return strings.NewReplacer("( ", "(", " )", ")", " ,", ",").Replace(strings.Join(parts, " "))
}
