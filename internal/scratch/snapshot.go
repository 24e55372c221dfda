package scratch

import (
	"context"
	"maps"
	"slices"
	"strings"

	"crane/internal/schema"
)

// Snapshot is what there is at one moment. It is not to be changed.
type Snapshot struct {
	// Objects are by kind and name, such as "table notes", in lower case.
	Objects map[string]schema.Object
	// Tables are by name, in lower case.
	Tables map[string]*Table
	// last is the highest row of sqlite_schema that was read.
	last int
}

// Key is a name in Snapshot.Objects.
func Key(kind, name string) string { return kind + " " + Fold(name) }

// Schema gives the objects in order.
func (s *Snapshot) Schema() schema.Schema {
	return schema.New(slices.Collect(maps.Values(s.Objects)))
}

// Snapshot reads everything.
func (d *Database) Snapshot(ctx context.Context) (*Snapshot, error) {
	return d.read(ctx, &Snapshot{Objects: map[string]schema.Object{}, Tables: map[string]*Table{}}, newer, 0)
}

// After reads what a statement changed that was run after a snapshot: it made,
// dropped or altered the object of this key. Of the rest nothing is read again,
// because a long history would be read for each of its statements. A renaming
// may change any other object, so that everything is.
func (d *Database) After(ctx context.Context, s *Snapshot, verb, key string) (*Snapshot, error) {
	next := &Snapshot{Objects: maps.Clone(s.Objects), Tables: maps.Clone(s.Tables), last: s.last}
	switch verb {
	case "CREATE":
		return d.read(ctx, next, newer, s.last)
	case "DROP":
		next.drop(key)
		return next, d.renumber(ctx, next)
	case "ALTER":
		_, name, _ := strings.Cut(key, " ")
		return d.read(ctx, next, named, name)
	default:
		return d.Snapshot(ctx)
	}
}

// renumber finds the last row after one was dropped: its number is given again.
func (d *Database) renumber(ctx context.Context, s *Snapshot) error {
	rows, err := d.ask(ctx, "SELECT max(rowid) AS id FROM sqlite_schema")
	if err == nil {
		s.last = number(rows[0]["id"])
	}
	return err
}

// drop takes away an object and, with a table, what belongs to it.
func (s *Snapshot) drop(key string) {
	delete(s.Objects, key)
	kind, name, _ := strings.Cut(key, " ")
	if kind == "index" || kind == "trigger" {
		return
	}
	delete(s.Tables, name)
	maps.DeleteFunc(s.Objects, func(_ string, o schema.Object) bool { return Same(o.Table, name) })
}

// These are schema.Query without its look for the tables behind virtual ones,
// which would compare every object with every other.
const (
	newer = every + " AND rowid > ?"
	named = every + " AND name = ? COLLATE NOCASE"
	every = `SELECT rowid AS id, type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL
AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND tbl_name NOT IN ('d1_migrations', 'crane_migrations')`
)

// read adds the rows of sqlite_schema that a query gives.
func (d *Database) read(ctx context.Context, s *Snapshot, query string, value any) (*Snapshot, error) {
	rows, err := d.ask(ctx, query, value)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		s.last = max(s.last, number(row["id"]))
		o := schema.Object{Kind: row["type"], Name: row["name"], Table: row["tbl_name"], SQL: row["sql"]}
		s.Objects[Key(o.Kind, o.Name)] = o
		if o.Kind != "table" {
			continue
		}
		if s.Tables[Fold(o.Name)], err = d.table(ctx, o.Name, o.SQL); err != nil {
			return nil, err
		}
	}
	s.hideShadows(rows)
	return s, nil
}

// hideShadows takes out the tables behind virtual ones among those just read.
func (s *Snapshot) hideShadows(rows []map[string]string) {
	for _, row := range rows {
		name := Fold(row["name"])
		i := strings.LastIndexByte(name, '_')
		if i < 0 || !slices.Contains(shadows, name[i+1:]) {
			continue
		}
		if owner := s.Tables[name[:i]]; owner != nil && owner.Virtual {
			delete(s.Tables, name)
			delete(s.Objects, Key("table", name))
		}
	}
}

// shadows are how the names of the tables behind fts5 and rtree end.
var shadows = []string{"data", "idx", "content", "docsize", "config", "node", "rowid", "parent"}
