package scratch

import (
	"context"
	"strconv"
	"strings"

	"crane/internal/statement"
)

// Table is what SQLite says of a table.
type Table struct {
	Name    string
	Columns []Column
	// Parents are its foreign keys.
	Parents []ForeignKey
	// Uniques are the columns of each UNIQUE and PRIMARY KEY, in lower case.
	Uniques [][]string
	// Strict and Virtual tell the table's kind.
	Strict, Virtual bool
}

// Column is one column, see https://www.sqlite.org/pragma.html#pragma_table_xinfo.
type Column struct {
	Name, Type string
	NotNull    bool
	// Default is the expression; empty when there is none.
	Default string
	// Key is the column's place in the primary key, 0 for none.
	Key int
	// Generated tells a generated column.
	Generated bool
}

// ForeignKey is one reference to another table.
type ForeignKey struct {
	// Parent is the table referred to, in lower case.
	Parent string
	// OnDelete and OnUpdate are such as CASCADE or NO ACTION.
	OnDelete, OnUpdate string
	// Columns are the child's, in lower case.
	Columns []string
	// Keys are the parent's columns that they refer to, one by one; empty where
	// the parent's primary key is meant.
	Keys []string
}

// table reads one table, once for each statement that makes it.
func (d *Database) table(ctx context.Context, name, text string) (*Table, error) {
	if known := d.tables[text]; known != nil {
		return known, nil
	}
	rows, err := d.ask(ctx, describe, name)
	if err != nil {
		return nil, err
	}
	t := &Table{Name: name, Virtual: strings.HasPrefix(strings.ToUpper(text), "CREATE VIRTUAL"), Strict: strict(text)}
	for _, row := range rows {
		t.take(row)
	}
	d.tables[text] = t
	return t, nil
}

// describe gives a table's columns, foreign keys, and the columns of each UNIQUE
// and PRIMARY KEY, in this order.
const describe = `SELECT 'column' AS what, 0 AS id, name, type, "notnull", dflt_value AS value, pk, hidden FROM pragma_table_xinfo(?1)
UNION ALL SELECT 'parent', id, "table", "to", on_update, on_delete, seq, "from" FROM pragma_foreign_key_list(?1)
UNION ALL SELECT 'unique', l.seq, i.name, '', 0, l.origin, i.seqno, 0 FROM pragma_index_list(?1) AS l JOIN pragma_index_info(l.name) AS i
  WHERE l.origin IN ('u', 'pk')`

func (t *Table) take(row map[string]string) {
	switch row["what"] {
	case "column":
		t.Columns = append(t.Columns, column(row))
	case "parent":
		if row["pk"] == "0" {
			t.Parents = append(t.Parents, ForeignKey{Parent: Fold(row["name"]), OnDelete: row["value"], OnUpdate: row["notnull"]})
		}
		last := &t.Parents[len(t.Parents)-1]
		last.Columns = append(last.Columns, Fold(row["hidden"]))
		last.Keys = append(last.Keys, Fold(row["type"]))
	case "unique":
		if row["pk"] == "0" {
			t.Uniques = append(t.Uniques, nil)
		}
		last := &t.Uniques[len(t.Uniques)-1]
		*last = append(*last, Fold(row["name"]))
	}
}

func column(row map[string]string) Column {
	return Column{
		Name: row["name"], Type: row["type"], NotNull: row["notnull"] == "1", Default: row["value"],
		Key: number(row["pk"]), Generated: row["hidden"] == "2" || row["hidden"] == "3",
	}
}

// number reads a small one; it is 0 when it is none.
func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// ask reads rows as text for our own questions; NULL is empty.
func (d *Database) ask(ctx context.Context, query string, values ...any) ([]map[string]string, error) {
	rows, err := d.conn.QueryContext(context.WithoutCancel(ctx), query, values...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all []map[string]string
	for rows.Next() {
		values, into := make([]*string, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := map[string]string{}
		for i, name := range names {
			if values[i] != nil {
				row[name] = *values[i]
			}
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// strict reads what stands after a table's columns. SQLite itself would tell in
// table_list, but compiles every view for it.
func strict(text string) bool {
	tokens := statement.Tokens(text)
	for i := len(tokens) - 1; i >= 0 && tokens[i].Text != ")"; i-- {
		if word(tokens, i) == "STRICT" {
			return true
		}
	}
	return false
}
