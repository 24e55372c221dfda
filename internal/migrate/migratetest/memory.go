// Package migratetest has a D1 database for tests of migrations that need no
// engine of Cloudflare's: real SQLite, and a line that can be made bad.
package migratetest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"crane/internal/cloudflare"
	"crane/internal/statement"
)

// Memory is a database on a bad line: SQLite in memory, a transaction per
// request as D1 makes it.
type Memory struct {
	mu   sync.Mutex
	conn *sql.Conn
	// Requests are the texts that were sent, and "bookmark".
	Requests []string
	// Fail may end a request: before it is committed, or after.
	Fail func(sql string) (before, after error)
}

// New makes an empty one, or one that some SQL has made.
func New(t testing.TB, seed ...string) *Memory {
	t.Helper()
	pool, err := sql.Open("sqlite", ":memory:?_pragma=foreign_keys(1)")
	require.NoError(t, err)
	conn, err := pool.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()); require.NoError(t, pool.Close()) })
	m := &Memory{conn: conn}
	for _, s := range seed {
		m.Must(t, s)
	}
	m.Requests = nil
	return m
}

// Bookmark counts.
func (m *Memory) Bookmark(context.Context) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Requests = append(m.Requests, "bookmark")
	return fmt.Sprintf("%08d", len(m.Requests)), nil
}

// Query is one request.
func (m *Memory) Query(ctx context.Context, text string) ([][]cloudflare.Row, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Requests = append(m.Requests, text)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var before, after error
	if m.Fail != nil {
		before, after = m.Fail(text)
	}
	if before != nil {
		return nil, before
	}
	rows, err := m.Run(text)
	if err != nil {
		return nil, &cloudflare.SQLError{Code: 7500, Message: err.Error()}
	}
	return rows, after
}

// Run is one transaction.
func (m *Memory) Run(text string) (all [][]cloudflare.Row, err error) {
	tx, err := m.conn.BeginTx(context.Background(), nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	statements, _ := statement.Split(text)
	for _, s := range statements {
		rows, err := read(tx, s.Text)
		if err != nil {
			return nil, fmt.Errorf("%w: SQLITE_ERROR", err)
		}
		all = append(all, rows)
	}
	return all, tx.Commit()
}

func read(tx *sql.Tx, text string) ([]cloudflare.Row, error) {
	rows, err := tx.Query(text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	all := []cloudflare.Row{}
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := cloudflare.Row{}
		for i, name := range names {
			if n, ok := values[i].(int64); ok {
				values[i] = float64(n) // as JSON has it
			}
			row[name] = values[i]
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// Must runs SQL past the migrations.
func (m *Memory) Must(t testing.TB, text string) []cloudflare.Row {
	t.Helper()
	rows, err := m.Run(text)
	require.NoError(t, err, text)
	return rows[len(rows)-1]
}

// Contents is everything there is, the times of the ledgers aside.
func (m *Memory) Contents(t testing.TB) string {
	t.Helper()
	var out strings.Builder
	for _, o := range m.Must(t, "SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
		query := "SELECT * FROM \"" + o["name"].(string) + "\" ORDER BY 1"
		for _, row := range m.Must(t, query) {
			delete(row, "applied_at")
			fmt.Fprintln(&out, o["name"], row)
		}
		fmt.Fprintln(&out, o["sql"])
	}
	return out.String()
}

// Ledger is what wrangler would see.
func (m *Memory) Ledger(t testing.TB) []string {
	t.Helper()
	if len(m.Must(t, "SELECT 1 FROM sqlite_schema WHERE name = 'd1_migrations'")) == 0 {
		return nil
	}
	var names []string
	for _, row := range m.Must(t, "SELECT name FROM d1_migrations ORDER BY id") {
		names = append(names, row["name"].(string))
	}
	return names
}

// Writes are the requests that may have changed something.
func (m *Memory) Writes() (all []string) {
	for _, r := range m.Requests {
		if !strings.HasPrefix(r, "SELECT") && r != "bookmark" {
			all = append(all, r)
		}
	}
	return all
}

// Loose runs SQL outside a transaction, where some PRAGMAs work.
func (m *Memory) Loose(t testing.TB, text string) {
	t.Helper()
	_, err := m.conn.ExecContext(t.Context(), text)
	require.NoError(t, err)
}
