package lint

import (
	"cmp"
	"fmt"
	"strings"

	"crane/internal/statement"
)

// fill puts names into a rewrite.
func fill(rewrite, table, column string) string {
	return strings.NewReplacer("{table}", table, "{column}", column).Replace(rewrite)
}

// reporter adds findings of one rule.
type reporter struct {
	c    *checker
	rule *Rule
}

// at reports a statement.
func (r reporter) at(s *step, format string, values ...any) *Finding {
	f := r.place(s.text.Line, s.text.Column, format, values...)
	f.Table = s.old
	f.Rewrite = fill(r.rule.Rewrite, cmp.Or(s.table, "table"), cmp.Or(s.column, "column"))
	return f
}

// token reports a place within a statement.
func (r reporter) token(s *step, t statement.Token, format string, values ...any) *Finding {
	f := r.at(s, format, values...)
	f.Line, f.Column = position(s.text, t.Offset)
	return f
}

// place reports a place of the text. The finding may be completed until the next.
func (r reporter) place(line, column int, format string, values ...any) *Finding {
	r.c.findings = append(r.c.findings, Finding{
		File: r.c.file.Name, Line: line, Column: column, Rule: r.rule.ID, Level: r.rule.Level,
		Message: fmt.Sprintf(format, values...), Rewrite: fill(r.rule.Rewrite, "users", "email"),
	})
	return &r.c.findings[len(r.c.findings)-1]
}

// position is the line and column of a byte of a statement.
func position(s statement.Statement, offset int) (line, column int) {
	passed := s.Text[:offset]
	i := strings.LastIndexByte(passed, '\n')
	if i < 0 {
		return s.Line, s.Column + len([]rune(passed))
	}
	return s.Line + strings.Count(passed, "\n"), 1 + len([]rune(passed[i+1:]))
}
