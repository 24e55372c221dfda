package lint

import (
	"crane/internal/scratch"
	"crane/internal/statement"
)

// step is one statement and what it does. This is what rules look at.
type step struct {
	shape
	// index is its place among the steps of the file.
	index int
	// text is the statement; tokens are its tokens.
	text   statement.Statement
	tokens words
	effect scratch.Effect
	// before and after are the schema around it.
	before, after *scratch.Snapshot
	// old is the name before the file of the table that the statement is about,
	// if it is of the database.
	old string
	// replaced are tables, by their names now, whose rows REPLACE may delete.
	replaced []string
	// lost are tables of the database, by their names before the file, whose rows
	// go with this table's by ON DELETE CASCADE.
	lost []string
	// copied are those that have been copied into a table which loses its rows so.
	copied []string
	// holding are tables whose rows forbid a DROP; deferred tells that they do so
	// at the end of the file only.
	holding  []string
	deferred bool
	trial    *string
}

// tokens are the words of a statement.
func tokens(sql string) words { return statement.Tokens(sql) }

// parents are the tables that the statement takes rows from.
func (s *step) parents() []string {
	if s.verb == "DROP" && s.kind == "TABLE" || s.verb == "DELETE" {
		return append([]string{s.table}, s.replaced...)
	}
	return s.replaced
}

// whole tells a DELETE or UPDATE of all rows.
func (s *step) whole() bool {
	i := s.tokens.find(s.body, "WHERE", "LIMIT")
	return i < 0 || s.tokens.at(i) == "WHERE" && s.tokens.always(i) && s.tokens.find(i, "LIMIT") < 0
}

// sets are the columns that an UPDATE sets, and the words from SET to WHERE.
func (s *step) sets() (columns []string, set words) {
	start := s.tokens.find(s.body, "SET") + 1
	if s.verb != "UPDATE" || start == 0 {
		return nil, nil
	}
	end := s.tokens.find(start, "FROM", "WHERE", "RETURNING", "ORDER", "LIMIT")
	if end < 0 {
		end = len(s.tokens)
	}
	set = s.tokens[start:end]
	for _, item := range set.split() {
		if names, _ := item.list(0); names != nil {
			columns = append(columns, namesOf(names)...)
			continue
		}
		name, _ := item.name(0)
		columns = append(columns, name)
	}
	return columns, set
}

func namesOf(items []words) []string {
	names := make([]string, len(items))
	for i, item := range items {
		names[i], _ = item.name(0)
	}
	return names
}
