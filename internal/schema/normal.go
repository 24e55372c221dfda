package schema

import (
	"regexp"
	"strings"

	"crane/internal/statement"
)

// plain is a name that means the same with quotes and without: SQLite adds
// them when it renames, so they are no difference.
var plain = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// Normal is what a statement says: without comments, with one blank between
// tokens at most, names and keywords in lower case, and no quotes around names
// that need none. Two statements with the same normal form mean the same.
func Normal(sql string) string {
	var out strings.Builder
	last := ""
	for _, t := range statement.Tokens(sql) {
		text := t.Text
		switch {
		case t.Kind == statement.Name:
			text = unquoted(text)
		case t.Kind == statement.Word:
			text = strings.ToLower(text)
		}
		if last != "" && blankBetween(last, text) {
			out.WriteByte(' ')
		}
		out.WriteString(text)
		last = text
	}
	return out.String()
}

// unquoted drops the quotes of a plain name; others get SQL's own.
func unquoted(name string) string {
	inner := name[1 : len(name)-1]
	if name[0] != '[' {
		inner = strings.ReplaceAll(inner, name[:1]+name[:1], name[:1])
	}
	if lower := strings.ToLower(inner); plain.MatchString(lower) {
		return lower
	}
	return `"` + strings.ReplaceAll(inner, `"`, `""`) + `"`
}

// blankBetween is the customary spacing, and never joins two words.
func blankBetween(last, next string) bool {
	return last != "(" && next != ")" && next != "," && next != ";" && next != "(" || last == ","
}
