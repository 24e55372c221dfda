package lint

import "fmt"

// Level is how grave a finding is.
type Level string

// The levels.
const (
	// Error is refused: it fails, or hides a failure.
	Error Level = "error"
	// Risk is refused unless the file acknowledges it.
	Risk Level = "risk"
	// Note is only said.
	Note Level = "note"
)

// Finding is one thing about one place.
type Finding struct {
	File string
	// Line and Column count from 1, the column in characters.
	Line, Column int
	// Rule is the ID of the rule.
	Rule    string
	Level   Level
	Message string
	// Rewrite is what to write instead.
	Rewrite string
	// Table is the table of the database that the statement is about, by its live name
	// before the file; empty when it is about none.
	Table string
	// Tables are tables of the database whose rows may be lost, by their names
	// before the file as they are spelt.
	Tables []string
	// Accepted is the reason that the file gives; empty when it does not.
	Accepted string
}

// Refuses tells a finding that stops the file.
func (f Finding) Refuses() bool {
	return f.Level == Error || f.Level == Risk && f.Accepted == ""
}

// String is one line: the place, the rule, and what is the matter.
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", f.File, f.Line, f.Column, f.Rule, f.Message)
}
