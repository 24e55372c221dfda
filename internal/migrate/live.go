package migrate

import (
	"context"
	"fmt"

	"crane/internal/cloudflare"
	"crane/internal/schema"
)

// Live is what a database is now.
type Live struct {
	// Schema is without the ledgers.
	Schema schema.Schema
	// Applied is wrangler's ledger, oldest first, with what crane's own knows of
	// each row.
	Applied []Applied
	// ledger and guards tell which of the two tables there are.
	ledger, guards bool
	// astray are names that crane's table has and wrangler's has not.
	astray []string
}

// fresh tells a database that has nothing at all.
func (l *Live) fresh() bool { return len(l.Schema) == 0 && !l.ledger && !l.guards }

const whichLedgers = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('d1_migrations', 'crane_migrations')`

// Inspect reads a database's schema and ledgers, in two requests that write
// nothing; in one when it was never migrated.
func Inspect(ctx context.Context, db Database) (*Live, error) {
	results, err := db.Query(ctx, schema.Query+";\n"+whichLedgers+";")
	if err != nil {
		return nil, fmt.Errorf("cannot read the schema: %w", err)
	}
	if len(results) != 2 {
		return nil, fmt.Errorf("cannot read the schema: %w", cloudflare.ErrAnswer)
	}
	live := &Live{Schema: schemaOf(results[0])}
	for _, row := range results[1] {
		live.ledger = live.ledger || row["name"] == "d1_migrations"
		live.guards = live.guards || row["name"] == "crane_migrations"
	}
	return live, live.readLedgers(ctx, db)
}

func schemaOf(rows []cloudflare.Row) schema.Schema {
	return schema.FromRows(len(rows), func(i int, column string) string { return text(rows[i], column) })
}

func text(row cloudflare.Row, column string) string {
	s, _ := row[column].(string) // NULL is empty
	return s
}

func (l *Live) readLedgers(ctx context.Context, db Database) error {
	if !l.ledger && !l.guards {
		return nil
	}
	names, guards := "SELECT NULL AS name WHERE 0", "SELECT NULL AS name WHERE 0"
	if l.ledger {
		names = readLedger
	}
	if l.guards {
		guards = readGuards
	}
	results, err := db.Query(ctx, names+";\n"+guards+";")
	if err != nil {
		return fmt.Errorf("cannot read the ledger of migrations: %w", err)
	}
	if len(results) != 2 {
		return fmt.Errorf("cannot read the ledger of migrations: %w", cloudflare.ErrAnswer)
	}
	return l.join(results[0], results[1])
}

// join puts the rows of both ledgers together, in the order of wrangler's.
func (l *Live) join(names, guards []cloudflare.Row) error {
	known := map[string]Applied{}
	for _, row := range guards {
		known[text(row, "name")] = Applied{text(row, "name"), text(row, "sha256"), text(row, "bookmark")}
	}
	for _, row := range names {
		name, ok := row["name"].(string)
		if !ok {
			return fmt.Errorf("cannot read the ledger of migrations: a row without a name: %w", cloudflare.ErrAnswer)
		}
		a := known[name]
		a.Name = name
		l.Applied = append(l.Applied, a)
		delete(known, name)
	}
	for _, row := range guards { // in their order, not the map's
		if a, left := known[text(row, "name")]; left {
			l.astray = append(l.astray, a.Name)
		}
	}
	return nil
}
