package migrate_test

import (
	"context"
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/cloudflare"
	"crane/internal/hint"
	"crane/internal/migrate"
)

type missing struct{}

func (missing) Open(string) (fs.File, error) { return nil, fs.ErrNotExist }

// lossy is a database whose line is bad. It knows the ledger only; the engine
// itself is tested on the real one.
type lossy struct {
	ledger   []string
	exists   bool
	requests []string
	// fail may end a request: before it is committed, or after.
	fail func(sql string) (before, after error)
}

var row = regexp.MustCompile(`values \('(.*)'\);\n$`)

func (d *lossy) Query(ctx context.Context, sql string) ([][]cloudflare.Row, error) {
	d.requests = append(d.requests, sql)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var before, after error
	if d.fail != nil {
		before, after = d.fail(sql)
	}
	if before != nil {
		return nil, before
	}
	if m := row.FindStringSubmatch(sql); m != nil {
		d.ledger, d.exists = append(d.ledger, m[1]), true
		return nil, after
	}
	if !d.exists {
		return nil, &cloudflare.SQLError{Code: 7500, Message: "no such table: d1_migrations: SQLITE_ERROR"}
	}
	rows := []cloudflare.Row{}
	for _, name := range d.ledger {
		rows = append(rows, cloudflare.Row{"name": name})
	}
	return [][]cloudflare.Row{rows}, after
}

// on fails the requests that contain a text.
func on(text string, before, after error) func(string) (error, error) {
	return func(sql string) (error, error) {
		if strings.Contains(sql, text) {
			return before, after
		}
		return nil, nil
	}
}

func abc(t *testing.T) []migrate.File {
	t.Helper()
	files, err := migrate.Read(folder(map[string]string{
		"0001_a.sql": "CREATE TABLE a(x);\n", "0002_b.sql": "CREATE TABLE b(x);", "0003_c.sql": "CREATE TABLE c(x);\n-- end",
	}))
	require.NoError(t, err)
	return files
}

func TestApplySendsWhatWranglerSends(t *testing.T) {
	t.Parallel()
	db := &lossy{}
	var told []string
	ledger, err := migrate.Apply(t.Context(), db, abc(t), func(f migrate.File) { told = append(told, f.Name) })
	require.NoError(t, err)
	require.Equal(t, []string{"0001_a.sql", "0002_b.sql", "0003_c.sql"}, ledger)
	require.Equal(t, ledger, told)
	require.Equal(t, []string{
		"SELECT name FROM \"d1_migrations\" ORDER BY id",
		"CREATE TABLE a(x);\n\n" +
			"CREATE TABLE IF NOT EXISTS \"d1_migrations\"(\n\t\tid         INTEGER PRIMARY KEY AUTOINCREMENT,\n" +
			"\t\tname       TEXT UNIQUE,\n\t\tapplied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL\n);\n" +
			"INSERT INTO \"d1_migrations\" (name)\nvalues ('0001_a.sql');\n",
		"CREATE TABLE b(x);\nINSERT INTO \"d1_migrations\" (name)\nvalues ('0002_b.sql');\n",
		"CREATE TABLE c(x);\n-- end\nINSERT INTO \"d1_migrations\" (name)\nvalues ('0003_c.sql');\n",
	}, db.requests)
}

func TestApplyAgainOnlyReads(t *testing.T) {
	t.Parallel()
	db := &lossy{exists: true, ledger: []string{"0001_a.sql", "0002_b.sql", "0003_c.sql"}}
	ledger, err := migrate.Apply(t.Context(), db, abc(t), nil)
	require.NoError(t, err)
	require.Equal(t, db.ledger, ledger)
	require.Len(t, db.requests, 1)
}

func TestApplyRefusesALedgerItDoesNotContinue(t *testing.T) {
	t.Parallel()
	db := &lossy{exists: true, ledger: []string{"0002_b.sql", "0009_theirs.sql"}}
	_, err := migrate.Apply(t.Context(), db, abc(t), nil)
	require.ErrorIs(t, err, migrate.ErrConflict)
	require.ErrorContains(t, err, "0009_theirs.sql: was applied, but its file is gone")
	require.ErrorContains(t, err, "0001_a.sql: is new, but 0009_theirs.sql was already applied")
	require.Len(t, db.requests, 1)
}

func TestApplyStopsAtARefusedFile(t *testing.T) {
	t.Parallel()
	db := &lossy{fail: on("TABLE b", &cloudflare.SQLError{Code: 7500, Message: `near "b": syntax error at offset 13: SQLITE_ERROR`}, nil)}
	ledger, err := migrate.Apply(t.Context(), db, abc(t), nil)
	require.EqualError(t, err, `0002_b.sql:1:14: near "b": syntax error at offset 13: SQLITE_ERROR; this file committed nothing; already applied in this run: 0001_a.sql`)
	require.Equal(t, "mend 0002_b.sql and run the same command again", hint.Of(err))
	partial, ok := errors.AsType[*migrate.PartialError](err)
	require.True(t, ok)
	require.Equal(t, []string{"0001_a.sql"}, partial.Applied)
	require.Equal(t, "0002_b.sql", partial.Failed)
	require.Equal(t, []string{"0001_a.sql"}, ledger)
	require.Len(t, db.requests, 3)
}

func TestLostAnswers(t *testing.T) {
	t.Parallel()
	cut := errors.New("connection reset")
	for name, c := range map[string]struct {
		fail     func(string) (error, error)
		ledger   []string
		message  string
		hint     string
		requests int
	}{
		"committed":     {on("TABLE b", nil, cut), []string{"0001_a.sql", "0002_b.sql", "0003_c.sql"}, "", "", 5},
		"not committed": {on("TABLE b", cut, nil), []string{"0001_a.sql"}, "0002_b.sql: connection reset; this file committed nothing", "run the same command again", 4},
		"gateway timeout": {on("TABLE a", &cloudflare.APIError{Status: 504, Message: "timeout"}, nil), nil,
			"HTTP 504: timeout; this file committed nothing, and nothing was applied before it", "run the same command again", 3},
		"limited":    {on("TABLE b", &cloudflare.RateLimitError{}, nil), []string{"0001_a.sql"}, "committed nothing", "wait five minutes", 3},
		"wrong file": {on("TABLE c", &cloudflare.SQLError{Message: "no such table: z"}, nil), []string{"0001_a.sql", "0002_b.sql"}, "0003_c.sql: no such table: z; ", "mend 0003_c.sql", 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := &lossy{fail: c.fail}
			ledger, err := migrate.Apply(t.Context(), db, abc(t), nil)
			if c.message == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.message)
				require.Contains(t, hint.Of(err), c.hint)
			}
			require.Equal(t, c.ledger, ledger)
			require.Equal(t, c.ledger, db.ledger)
			require.Len(t, db.requests, c.requests)
		})
	}
}

func TestNobodyKnows(t *testing.T) {
	t.Parallel()
	cut := errors.New("connection reset")
	var lost bool
	db := &lossy{exists: true, fail: func(sql string) (error, error) {
		lost = lost || strings.Contains(sql, "TABLE b")
		if lost {
			return cut, nil
		}
		return nil, nil
	}}
	_, err := migrate.Apply(t.Context(), db, abc(t), nil)
	require.ErrorIs(t, err, migrate.ErrUnknown)
	require.ErrorContains(t, err, "0002_b.sql: connection reset, and the ledger cannot be read: it is not known whether it was committed; already applied in this run: 0001_a.sql")
	require.NotContains(t, err.Error(), "committed nothing")
}

func TestCancelledRunStillLooksAtTheLedger(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	db := &lossy{}
	ledger, err := migrate.Apply(ctx, db, abc(t), func(migrate.File) { cancel() })
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "already applied in this run: 0001_a.sql")
	require.Equal(t, []string{"0001_a.sql"}, ledger)
	require.Len(t, db.requests, 4)
}
