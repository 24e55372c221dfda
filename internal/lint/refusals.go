package lint

import (
	"slices"
	"strings"

	"crane/internal/scratch"
	"crane/internal/statement"
)

func manyColumns(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = "c" + strings.Repeat("x", i)
	}
	return strings.Join(names, ", ")
}

// denied tells a statement that the scratch database denies one of these.
func denied(what ...string) func(*step, string) bool {
	return func(s *step, _ string) bool {
		return slices.ContainsFunc(s.effect.Denied, func(d string) bool {
			return slices.ContainsFunc(what, func(w string) bool { return d == w || strings.HasPrefix(d, w+" ") })
		})
	}
}

func deniedAlter(s *step, text string) bool {
	return s.verb == "ALTER" && denied("function sqlite_fail", "function sqlite_drop_constraint")(s, text)
}

// message tells a refusal by the beginning of SQLite's words.
func message(prefixes ...string) func(*step, string) bool {
	return func(_ *step, text string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(text, p) })
	}
}

// ledger is what is sent around a file, guard and ledger row, rounded up.
const ledger = 4000

// tooLong looks at all of the text, because the engine is given all of it.
func tooLong(c *checker, r reporter) {
	limit := scratch.MaxStatement - ledger
	if len(c.file.SQL) <= limit {
		return
	}
	for _, s := range c.statements {
		if s.Offset+len(s.Text) > limit {
			r.place(s.Line, s.Column, "the file has %d bytes up to the end of this statement; with the ledger's statement %d are too many",
				s.Offset+len(s.Text), scratch.MaxStatement)
			return
		}
	}
}

func unterminated(c *checker, r reporter) {
	if c.broken != nil {
		r.place(c.broken.Line, c.broken.Column, "%s", c.broken.Error())
		c.stopped = true
	}
}

func missingSemicolon(c *checker, r reporter) {
	if n := len(c.statements); c.broken == nil && n > 0 && !c.statements[n-1].Terminated {
		last := c.statements[n-1]
		r.place(last.Line, last.Column, "the last statement has no semicolon at its end")
	}
}

func parameters(c *checker, r reporter) {
	for _, s := range c.statements {
		for _, t := range statement.Tokens(s.Text) {
			if t.Kind == statement.Parameter || t.Text == "?" || t.Kind == statement.Word && t.Text[0] == '$' {
				line, column := position(s, t.Offset)
				r.place(line, column, "there is nothing to bind to %s", t.Text)
				c.stopped = true
				return
			}
		}
	}
}
