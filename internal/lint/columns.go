package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"crane/internal/scratch"
)

// users is the schema and the rows of the examples.
const (
	users    = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);"
	twoUsers = "INSERT INTO users VALUES (1, 'a'), (2, 'b');"
)

// columns are the rules about ADD COLUMN. SQLite checks nothing in an empty
// table, so all of these pass on one.
var columns = []Rule{
	{
		ID: "add-not-null", Level: Error,
		Sentence: "ADD COLUMN NOT NULL without a default fails as soon as the table has a row.",
		Rewrite:  "give a constant default: ALTER TABLE {table} ADD COLUMN {column} … NOT NULL DEFAULT ''; or leave out NOT NULL",
		Case:     Example{users, twoUsers, "ALTER TABLE users ADD COLUMN email TEXT NOT NULL;\n", "ok", "Cannot add a NOT NULL column with default value NULL"},
		Near:     Example{users, twoUsers, "ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT '';\n", "ok", "ok"},
		at:       added("Cannot add a NOT NULL column"),
	}, {
		ID: "add-expression-default", Level: Error,
		Sentence: "ADD COLUMN with a default that must be computed fails as soon as the table has a row.",
		Rewrite:  "add the column without a default, fill it: UPDATE {table} SET {column} = CURRENT_TIMESTAMP; and let the code write it for new rows",
		Case:     Example{users, twoUsers, "ALTER TABLE users ADD COLUMN made TEXT DEFAULT CURRENT_TIMESTAMP;\n", "ok", "Cannot add a column with non-constant default"},
		Near:     Example{users, twoUsers, "ALTER TABLE users ADD COLUMN made TEXT;\nUPDATE users SET made = CURRENT_TIMESTAMP;\n", "ok", "ok"},
		at:       added("Cannot add a column with non-constant default"),
	}, {
		ID: "add-reference-default", Level: Error,
		Sentence: "ADD COLUMN REFERENCES with a default other than NULL fails as soon as the table has a row.",
		Rewrite:  "add the column without a default, then UPDATE {table} SET {column} = …;",
		Case: Example{
			users + " CREATE TABLE teams (id INTEGER PRIMARY KEY); INSERT INTO teams VALUES (1);", twoUsers,
			"ALTER TABLE users ADD COLUMN team INTEGER DEFAULT 1 REFERENCES teams (id);\n", "ok", "Cannot add a REFERENCES column with non-NULL default value",
		},
		Near: Example{
			users + " CREATE TABLE teams (id INTEGER PRIMARY KEY); INSERT INTO teams VALUES (1);", twoUsers,
			"ALTER TABLE users ADD COLUMN team INTEGER REFERENCES teams (id);\nUPDATE users SET team = 1;\n", "ok", "ok",
		},
		at: added("Cannot add a REFERENCES column"),
	}, {
		ID: "add-stored", Level: Error,
		Sentence: "ADD COLUMN GENERATED … STORED fails as soon as the table has a row.",
		Rewrite:  "make it VIRTUAL, with an index if it is searched",
		Case:     Example{users, twoUsers, "ALTER TABLE users ADD COLUMN big TEXT AS (upper(name)) STORED;\n", "ok", "cannot add a STORED column"},
		Near:     Example{users, twoUsers, "ALTER TABLE users ADD COLUMN big TEXT AS (upper(name)) VIRTUAL;\n", "ok", "ok"},
		at:       added("cannot add a STORED column"),
	}, {
		ID: "add-check", Level: Risk,
		Sentence: "A CHECK, a type or a NOT NULL of an added column is tested on the rows that are there.",
		Rewrite:  "let the CHECK hold for the default of the new column, and be about this column alone",
		Case:     Example{users, twoUsers, "ALTER TABLE users ADD COLUMN age INTEGER DEFAULT 0 CHECK (age > 0);\n", "ok", "CHECK constraint failed"},
		Near:     Example{users, twoUsers, "ALTER TABLE users ADD COLUMN age INTEGER CHECK (age > 0);\n", "ok", "ok"},
		at:       addedOther,
	},
}

// refusals are what SQLite says when it adds a column to a table that has a row,
// where a rule of its own knows what to do.
var refusals = []string{
	"Cannot add a NOT NULL column", "Cannot add a column with non-constant default", "Cannot add a REFERENCES column", "cannot add a STORED column",
}

// added reports an ADD COLUMN that a row makes SQLite refuse in these words.
func added(words string) func(*checker, *step, reporter) {
	return func(c *checker, s *step, r reporter) {
		if text := c.trial(s); strings.HasPrefix(text, words) {
			r.at(s, "%s, and %s may have rows", text, s.table)
		}
	}
}

func addedOther(c *checker, s *step, r reporter) {
	text := c.trial(s)
	if text == "" || slices.ContainsFunc(refusals, func(known string) bool { return strings.HasPrefix(text, known) }) {
		return
	}
	if !strings.Contains(text, "no such column") {
		r.at(s, "%s with a row in %s", text, s.table)
		return
	}
	definition := s.tokens[s.body:]
	if definition.has("CHECK") || definition.has("AS") && definition.has("NOT") {
		r.at(s, "the constraint depends on other columns, whose values in %s may break it", s.table)
	}
}

// trial adds the column to a table of the same kind that has a row, and gives
// SQLite's complaint.
func (c *checker) trial(s *step) string {
	if s.trial == nil {
		text := c.tried(s)
		s.trial = &text
	}
	return *s.trial
}

func (c *checker) tried(s *step) string {
	if s.verb != "ALTER" || s.kind != "ADD" || !c.hasRows(s.table) || s.body >= len(s.tokens) {
		return ""
	}
	if !s.tokens[s.body:].has("NOT", "DEFAULT", "CHECK", "AS") {
		return ""
	}
	kind := ""
	if t := s.before.Tables[s.table]; t != nil && t.Strict {
		kind = " STRICT"
	}
	name := quoted(s.table)
	err := c.probe.Try(c.ctx, fmt.Sprintf(`CREATE TABLE %s (a_row_that_is_there INTEGER)%s`, name, kind),
		fmt.Sprintf("INSERT INTO %s VALUES (1)", name),
		fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s", name, s.text.Text[s.tokens[s.body].Offset:]))
	if err != nil && !errors.Is(err, scratch.ErrRefused) {
		c.failed = err
	}
	if err == nil {
		return ""
	}
	return err.Error()
}
