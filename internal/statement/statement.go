// Package statement cuts SQL text into statements the way SQLite's own
// tokenizer reads it, and names the texts that Cloudflare's query endpoint is
// known to cut elsewhere.
//
// It knows strings, quoted identifiers, comments and trigger bodies, and
// nothing else of the grammar: a statement may still be refused by the engine.
package statement

import "strings"

// Statement is one statement of a longer text.
type Statement struct {
	// Text runs from the first token to the last one, without the comments
	// around it and without the closing semicolon.
	Text string
	// Offset is where Text begins, in bytes from the start of the whole text.
	Offset int
	// Line and Column are the same place, both counted from 1, the column in
	// characters.
	Line, Column int
	// Terminated tells whether a semicolon closed the statement: SQL that is
	// appended to an unterminated one becomes a part of it.
	Terminated bool
}

// Split cuts sql into its statements; comments, blanks and lone semicolons
// between them are dropped. When the text ends inside a string, a quoted
// identifier or a comment, the error is an *UnterminatedError, and the
// statements are still all of the text, the last one being the broken one.
func Split(sql string) ([]Statement, error) {
	tokens, err := scan(sql)
	c := cutter{sql: sql, place: place{line: 1, column: 1}}
	for _, t := range tokens {
		c.take(t)
	}
	c.close(false)
	return c.done, err
}

// cutter gathers tokens into statements.
type cutter struct {
	sql   string
	place place
	open  []token
	done  []Statement
}

func (c *cutter) take(t token) {
	if t.kind != semicolon {
		c.open = append(c.open, t)
		return
	}
	if len(c.open) == 0 {
		return
	}
	if insideTrigger(c.sql, c.open) {
		c.open = append(c.open, t)
		return
	}
	c.close(true)
}

func (c *cutter) close(terminated bool) {
	if len(c.open) == 0 {
		return
	}
	start, end := c.open[0].start, c.open[len(c.open)-1].end
	c.place.advance(c.sql, start)
	c.done = append(c.done, Statement{
		Text: c.sql[start:end], Offset: start,
		Line: c.place.line, Column: c.place.column, Terminated: terminated,
	})
	c.open = nil
}

// insideTrigger tells whether the tokens are a trigger whose body is still
// open. As in SQLite's sqlite3_complete, only an END that follows a semicolon
// closes a body: no statement begins with END, and the END of a CASE never
// follows one. An empty body is closed too, so that the engine's complaint
// about it does not swallow the rest of the text.
func insideTrigger(sql string, tokens []token) bool {
	body := bodyStart(sql, tokens)
	if body < 0 {
		return false
	}
	last := len(tokens) - 1
	if !tokens[last].is(sql, "END") {
		return true
	}
	before := tokens[last-1]
	return before.kind != semicolon && last-1 != body
}

// bodyStart finds the BEGIN of a trigger's body, or -1 when the tokens are no
// trigger or have not come to it yet.
func bodyStart(sql string, tokens []token) int {
	if !isTrigger(sql, tokens) {
		return -1
	}
	for i, t := range tokens {
		if t.is(sql, "BEGIN") {
			return i
		}
	}
	return -1
}

// isTrigger tells whether the tokens begin [EXPLAIN [QUERY PLAN]] CREATE
// [TEMP] TRIGGER.
func isTrigger(sql string, tokens []token) bool {
	var words []string
	for _, t := range tokens[:min(len(tokens), 6)] {
		words = append(words, strings.ToUpper(sql[t.start:t.end]))
	}
	head := strings.Join(words, " ") + " "
	head = strings.TrimPrefix(head, "EXPLAIN ")
	head = strings.TrimPrefix(head, "QUERY PLAN ")
	head, create := strings.CutPrefix(head, "CREATE ")
	head = strings.TrimPrefix(head, "TEMP ")
	head = strings.TrimPrefix(head, "TEMPORARY ")
	return create && strings.HasPrefix(head, "TRIGGER ")
}
