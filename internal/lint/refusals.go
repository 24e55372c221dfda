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

// tooLong looks at each statement with its semicolon: a request is cut into them
// before the engine is given any.
func tooLong(c *checker, r reporter) {
	for _, s := range c.statements {
		if size := len(s.Text) + 1; size > scratch.MaxStatement {
			r.place(s.Line, s.Column, "the statement has %d bytes, and %d are too many", size, size-scratch.MaxStatement)
			c.stopped = true
		}
	}
}

// ledgers are the tables that note what is applied, wrangler's and crane's.
var ledgers = []string{"d1_migrations", "crane_migrations"}

// ledger looks at the text, because the scratch database has no ledgers.
func ledger(c *checker, r reporter) {
	if !strings.Contains(lower(c.file.SQL), "_migrations") {
		return
	}
	for _, s := range c.statements {
		w := tokens(s.Text)
		for i, t := range w {
			if w.isName(i) && contains(ledgers, bare(t.Text)) {
				line, column := position(s, t.Offset)
				r.place(line, column, "a migration may not touch %s", bare(t.Text))
				c.stopped = true
			}
		}
	}
}

// isName tells a name at i. SQLite takes a string for one where a table must be.
func (w words) isName(i int) bool {
	return w[i].Kind != statement.String ||
		contains([]string{"TABLE", "EXISTS", "INTO", "FROM", "UPDATE", "REPLACE", "JOIN", "ON", "TO", ".", "IGNORE", "ABORT", "FAIL", "ROLLBACK"}, w.at(i-1))
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
