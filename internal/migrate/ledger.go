package migrate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"crane/internal/cloudflare"
)

// The ledger is wrangler's own table, to the letter, see migrations/helpers.ts
// in https://github.com/cloudflare/workers-sdk (as of wrangler 4.125).
const (
	createLedger = `CREATE TABLE IF NOT EXISTS "d1_migrations"(
		id         INTEGER PRIMARY KEY AUTOINCREMENT,
		name       TEXT UNIQUE,
		applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);
`
	readLedger = `SELECT name FROM "d1_migrations" ORDER BY id`
	noLedger   = "no such table: d1_migrations"
)

// insertLedger is the row that wrangler writes in the migration's transaction.
func insertLedger(name string) string {
	return fmt.Sprintf("INSERT INTO \"d1_migrations\" (name)\nvalues ('%s');\n", strings.ReplaceAll(name, "'", "''"))
}

// Database is where migrations go: one call is one request, sent once, and one
// transaction. It gives each statement's rows.
type Database interface {
	Query(ctx context.Context, sql string) ([][]cloudflare.Row, error)
	// Bookmark names the state that the database is in.
	Bookmark(ctx context.Context) (string, error)
}

// Ledger reads the names of what a database has, oldest first, in one request
// that writes nothing. A database that was never migrated has none.
func Ledger(ctx context.Context, db Database) ([]string, error) {
	names, _, err := ledger(ctx, db)
	return names, err
}

// ledger also says whether the table is there.
func ledger(ctx context.Context, db Database) (names []string, exists bool, err error) {
	results, err := db.Query(ctx, readLedger)
	if refused, ok := errors.AsType[*cloudflare.SQLError](err); ok && strings.Contains(refused.Message, noLedger) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("cannot read the ledger of migrations: %w", err)
	}
	for _, rows := range results {
		for _, row := range rows {
			name, ok := row["name"].(string)
			if !ok {
				return nil, true, fmt.Errorf("cannot read the ledger of migrations: a row without a name: %w", cloudflare.ErrAnswer)
			}
			names = append(names, name)
		}
	}
	return names, true, nil
}
