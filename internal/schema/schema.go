// Package schema is what a D1 database is without its rows: its tables, indexes,
// views and triggers, as their statements. Two schemas are compared by what their
// statements say, not by how they are written.
package schema

import (
	"cmp"
	"slices"
	"strings"
)

// Schema is a database's objects in order: tables, indexes, views, triggers,
// each kind by name.
type Schema []Object

// Object is one row of sqlite_schema (https://www.sqlite.org/schematab.html).
type Object struct {
	// Kind is table, index, view or trigger.
	Kind string
	// Name is the object's.
	Name string
	// Table is what an index or a trigger belongs to; for others it is Name.
	Table string
	// SQL is the statement that makes it, as SQLite keeps it: without IF NOT
	// EXISTS and without the semicolon.
	SQL string
}

// Query reads a schema: one row per object, with the columns type, name,
// tbl_name and sql. It leaves out what is not the user's: SQLite's and D1's own
// tables, indexes that a table's own statement implies, the tables behind a
// virtual table, and the two ledgers.
const Query = `SELECT type, name, tbl_name, sql FROM sqlite_schema AS object
WHERE sql IS NOT NULL
  AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
  AND name NOT LIKE '\_cf\_%' ESCAPE '\'
  AND tbl_name NOT IN ('d1_migrations', 'crane_migrations')
  AND NOT EXISTS (
    SELECT 1 FROM sqlite_schema AS owner
    WHERE owner.sql LIKE 'CREATE VIRTUAL TABLE%' AND object.type = 'table' AND object.sql NOT LIKE 'CREATE VIRTUAL%'
      AND substr(object.name, 1, length(owner.name) + 1) = owner.name || '_'
      AND substr(object.name, length(owner.name) + 2) IN
        ('data', 'idx', 'content', 'docsize', 'config', 'node', 'rowid', 'parent'))`

var rank = map[string]int{"table": 0, "index": 1, "view": 2, "trigger": 3}

// New puts objects in order.
func New(objects []Object) Schema {
	s := Schema(slices.Clone(objects))
	slices.SortFunc(s, func(a, b Object) int {
		return cmp.Or(cmp.Compare(rank[a.Kind], rank[b.Kind]), strings.Compare(a.Name, b.Name))
	})
	return s
}

// FromRows reads what Query gives; read is called with a row's number and a
// column's name.
func FromRows(n int, read func(row int, column string) string) Schema {
	objects := make([]Object, n)
	for i := range objects {
		objects[i] = Object{read(i, "type"), read(i, "name"), read(i, "tbl_name"), read(i, "sql")}
	}
	return New(objects)
}

// Find gives an object by its kind and name, whose case does not matter.
func (s Schema) Find(kind, name string) (Object, bool) {
	i := slices.IndexFunc(s, func(o Object) bool { return o.Kind == kind && strings.EqualFold(o.Name, name) })
	if i < 0 {
		return Object{}, false
	}
	return s[i], true
}

// Equal reports whether two schemas say the same.
func (s Schema) Equal(other Schema) bool { return len(s.Diff(other)) == 0 }
