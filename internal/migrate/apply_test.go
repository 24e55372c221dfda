package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/cloudflare"
	"crane/internal/hint"
	"crane/internal/migrate"
	"crane/internal/migrate/migratetest"
)

type missing struct{}

func (missing) Open(string) (fs.File, error) { return nil, fs.ErrNotExist }

func abc(t testing.TB) []migrate.File {
	t.Helper()
	files, err := migrate.Read(folder(map[string]string{
		"0001_a.sql": "CREATE TABLE a(x);\n", "0002_b.sql": "CREATE TABLE b(x);", "0003_c.sql": "CREATE TABLE c(x);\n-- end",
	}))
	require.NoError(t, err)
	return files
}

// TestApplyWritesWranglersLedger: what is sent for a file is the guard, the
// file, and wrangler's own row to the letter.
func TestApplyWritesWranglersLedger(t *testing.T) {
	t.Parallel()
	db := migratetest.New(t)
	var told []string
	files := abc(t)
	_, err := apply(t, db, migrate.Run{Files: files[:1]})
	require.NoError(t, err)
	require.Len(t, db.Requests, 3, "of an empty database, one to look before and one after")
	require.Contains(t, db.Requests[1], "'"+files[0].SHA256+"', NULL);")
	first := db.Writes()[0]
	db.Requests = nil
	result, err := apply(t, db, migrate.Run{Files: files, Done: func(f migrate.File) { told = append(told, f.Name) }})
	require.NoError(t, err)
	require.Equal(t, []string{"0001_a.sql", "0002_b.sql", "0003_c.sql"}, applied(result))
	require.Equal(t, applied(result)[1:], told)
	require.Equal(t, applied(result), db.Ledger(t))
	writes := db.Writes()
	require.Len(t, writes, 2)
	require.Contains(t, first, "CREATE TABLE IF NOT EXISTS \"d1_migrations\"(\n\t\tid         INTEGER PRIMARY KEY AUTOINCREMENT,\n"+
		"\t\tname       TEXT UNIQUE,\n\t\tapplied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL\n);\n")
	require.Equal(t, "INSERT INTO \"crane_migrations\" (name, sha256, bookmark) VALUES ('0003_c.sql', '"+files[2].SHA256+"', '"+result.Bookmark+"');\n"+
		"CREATE TABLE c(x);\n-- end\nINSERT INTO \"d1_migrations\" (name)\nvalues ('0003_c.sql');\n"+
		"SELECT json_extract('{}', 'the guard is gone') WHERE NOT EXISTS (SELECT 1 FROM \"crane_migrations\" WHERE name = '0003_c.sql' AND sha256 = '"+files[2].SHA256+"');\n", writes[1])
	require.Len(t, db.Requests, 2+5, "two looks, a bookmark, each file, the schema and the rows")
	require.Equal(t, map[string]string{"a": "0", "b": "0", "c": "0"}, result.Rows)
	require.Len(t, result.Schema, 3)
}

func TestApplyAgainOnlyReads(t *testing.T) {
	t.Parallel()
	db := migratetest.New(t)
	_, err := apply(t, db, migrate.Run{Files: abc(t)})
	require.NoError(t, err)
	before := db.Contents(t)
	db.Requests = nil
	again, err := apply(t, db, migrate.Run{Files: abc(t)})
	require.NoError(t, err)
	require.Equal(t, db.Ledger(t), applied(again))
	require.Empty(t, db.Writes())
	require.Equal(t, before, db.Contents(t))
}

// TestApplyRefusesAChangedPast: four mistakes, four messages, and no request
// that writes.
func TestApplyRefusesAChangedPast(t *testing.T) {
	t.Parallel()
	db := migratetest.New(t)
	_, err := apply(t, db, migrate.Run{Files: abc(t)})
	require.NoError(t, err)
	before := db.Contents(t)
	for want, files := range map[string]map[string]string{
		"0002_b.sql: was changed after it was applied":                    {"0001_a.sql": "CREATE TABLE a(x);\n", "0002_b.sql": "CREATE TABLE B(x);", "0003_c.sql": "CREATE TABLE c(x);\n-- end"},
		"0002_b.sql: was applied, but its file is now called 0002_bb.sql": {"0001_a.sql": "CREATE TABLE a(x);\n", "0002_bb.sql": "CREATE TABLE b(x);", "0003_c.sql": "CREATE TABLE c(x);\n-- end"},
		"0002_b.sql: was applied, but its file is gone":                   {"0001_a.sql": "CREATE TABLE a(x);\n", "0003_c.sql": "CREATE TABLE c(x);\n-- end"},
		"0000_z.sql: is new, but 0003_c.sql was already applied": {"0000_z.sql": "CREATE TABLE z(x);", "0001_a.sql": "CREATE TABLE a(x);\n",
			"0002_b.sql": "CREATE TABLE b(x);", "0003_c.sql": "CREATE TABLE c(x);\n-- end"},
	} {
		changed, err := migrate.Read(folder(files))
		require.NoError(t, err)
		db.Requests = nil
		_, err = apply(t, db, migrate.Run{Files: changed})
		require.ErrorIs(t, err, migrate.ErrConflict)
		require.EqualError(t, err, "the migrations do not continue what was applied:\n  "+want+"\nnothing was applied")
		require.NotEmpty(t, hint.Of(err))
		require.Empty(t, db.Writes())
		require.Equal(t, before, db.Contents(t))
	}
}

func TestApplyStopsAtARefusedFile(t *testing.T) {
	t.Parallel()
	db := migratetest.New(t)
	db.Fail = on("TABLE b", &cloudflare.SQLError{Code: 7500, Message: `near "b": syntax error at offset 13: SQLITE_ERROR`}, nil)
	result, err := apply(t, db, migrate.Run{Files: abc(t)})
	require.EqualError(t, err, `0002_b.sql:1:14: near "b": syntax error at offset 13: SQLITE_ERROR; this file committed nothing; already applied in this run: 0001_a.sql`)
	require.Equal(t, "mend 0002_b.sql and run the same command again", hint.Of(err))
	partial, ok := errors.AsType[*migrate.PartialError](err)
	require.True(t, ok)
	require.Equal(t, []string{"0001_a.sql"}, partial.Applied)
	require.Equal(t, "0002_b.sql", partial.Failed)
	require.Equal(t, []string{"0001_a.sql"}, applied(result))
	require.Len(t, db.Writes(), 2)
	require.Len(t, result.Schema, 1, "what was committed is seen")
}

// TestLostAnswers: a file is sent again only when it is certain that it was not
// applied, and never applied twice.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	cut := errors.New("connection reset")
	all := []string{"0001_a.sql", "0002_b.sql", "0003_c.sql"}
	for name, c := range map[string]struct {
		before, after error
		times         int
		ledger        []string
		message, hint string
		sent          int
	}{
		"committed":               {nil, cut, 1, all, "", "", 1},
		"not committed":           {cut, nil, 1, all, "", "", 2},
		"never committed":         {cut, nil, 9, all[:1], "0002_b.sql: connection reset; this file committed nothing", "run the same command again", 4},
		"gateway timeout":         {&cloudflare.APIError{Status: 504, Message: "timeout"}, nil, 2, all, "", "", 3},
		"limited":                 {&cloudflare.RateLimitError{}, nil, 3, all, "", "", 4},
		"limited for ever":        {&cloudflare.RateLimitError{}, nil, 9, all[:1], "committed nothing", "wait five minutes", 4},
		"committed in a gateway":  {nil, &cloudflare.APIError{Status: 504, Message: "timeout"}, 1, all, "", "", 1},
		"refused, never repeated": {&cloudflare.SQLError{Message: "no such table: z"}, nil, 1, all[:1], "0002_b.sql: no such table: z; ", "mend 0002_b.sql", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, left, sent := migratetest.New(t), c.times, 0
			db.Fail = func(sql string) (error, error) {
				if !strings.Contains(sql, "TABLE b") {
					return nil, nil
				}
				if sent++; left == 0 {
					return nil, nil
				}
				left--
				return c.before, c.after
			}
			result, err := apply(t, db, migrate.Run{Files: abc(t)})
			if c.message == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.message)
				require.Contains(t, hint.Of(err), c.hint)
			}
			require.Equal(t, c.ledger, applied(result))
			require.Equal(t, c.ledger, db.Ledger(t))
			require.Equal(t, c.sent, sent)
		})
	}
}

// TestSomebodyElseWasFaster: whatever the engine says of a file that is there
// already, it is not the file that has to be mended.
func TestSomebodyElseWasFaster(t *testing.T) {
	t.Parallel()
	for name, theirs := range map[string]string{
		"crane":    "INSERT INTO crane_migrations (name, sha256) VALUES ('0002_b.sql', 'x'); CREATE TABLE b(x); INSERT INTO d1_migrations (name) VALUES ('0002_b.sql')",
		"wrangler": "CREATE TABLE b(x); INSERT INTO d1_migrations (name) VALUES ('0002_b.sql')",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := migratetest.New(t)
			db.Fail = func(sql string) (before, after error) {
				if strings.Contains(sql, "TABLE b") {
					db.Must(t, theirs)
				}
				return nil, nil
			}
			result, err := apply(t, db, migrate.Run{Files: abc(t)})
			require.ErrorIs(t, err, migrate.ErrRace)
			require.ErrorContains(t, err, "0002_b.sql: another run applied it at the same time; nothing was applied twice")
			require.Contains(t, hint.Of(err), "when the other one has ended")
			require.Equal(t, []string{"0001_a.sql", "0002_b.sql"}, db.Ledger(t))
			require.Equal(t, db.Ledger(t), applied(result), "the result is true")
		})
	}
}

// TestALateRequestIsOurs: a request whose answer was lost, and that arrives after
// the ledger was read, is this run's own doing.
func TestALateRequestIsOurs(t *testing.T) {
	t.Parallel()
	db, late := migratetest.New(t), ""
	db.Fail = func(sql string) (before, after error) {
		if !strings.Contains(sql, "TABLE b") {
			return nil, nil
		}
		if late == "" {
			late = sql
			return errors.New("gateway timeout"), nil
		}
		db.Must(t, late)
		return nil, nil
	}
	result, err := apply(t, db, migrate.Run{Files: abc(t)})
	require.NoError(t, err)
	require.Equal(t, names(abc(t)), applied(result))
	require.Equal(t, names(abc(t)), db.Ledger(t))
}

func TestNobodyKnows(t *testing.T) {
	t.Parallel()
	cut := errors.New("connection reset")
	var lost bool
	db := migratetest.New(t)
	db.Fail = func(sql string) (error, error) {
		lost = lost || strings.Contains(sql, "TABLE b")
		if lost {
			return cut, nil
		}
		return nil, nil
	}
	_, err := apply(t, db, migrate.Run{Files: abc(t)})
	require.ErrorIs(t, err, migrate.ErrUnknown)
	require.ErrorContains(t, err, "0002_b.sql: connection reset, and the ledger cannot be read: it is not known whether it was committed; already applied in this run: 0001_a.sql")
	require.NotContains(t, err.Error(), "committed nothing")
}

func TestCancelledRunStillLooksAtTheLedger(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	db := migratetest.New(t)
	result, err := migrate.Apply(ctx, db, migrate.Run{Files: abc(t), Done: func(migrate.File) { cancel() }})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "already applied in this run: 0001_a.sql")
	require.Equal(t, []string{"0001_a.sql"}, applied(result))
	require.Equal(t, []string{"0001_a.sql"}, db.Ledger(t))
}

// TestKilledAnywhere: whenever a run of ten files ends, and whatever became of
// its last request, there is a prefix of the files, each once, and the ledger and
// the schema agree.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	files := ten(t)
	killed := errors.New("killed")
	for kills := 0; kills < 150; {
		db := migratetest.New(t)
		for alive := false; !alive; {
			left, committed := rand.IntN(16), rand.IntN(2) == 0
			db.Fail = func(string) (before, after error) {
				if left--; left >= 0 {
					return nil, nil
				}
				if left == -1 && committed {
					return nil, killed
				}
				return killed, nil
			}
			_, err := apply(t, db, migrate.Run{Files: files})
			if alive = err == nil; !alive {
				kills++
			}
			db.Fail = nil
			prefix(t, db, files)
		}
		require.Equal(t, names(files), db.Ledger(t))
	}
}

// ten are files of two statements, whose halves would show.
func ten(t testing.TB) []migrate.File {
	t.Helper()
	texts := map[string]string{}
	for i := range 10 {
		texts[fmt.Sprintf("%04d_t.sql", i)] = fmt.Sprintf("CREATE TABLE t%d(x);\nINSERT INTO t%d VALUES (1);\n", i, i)
	}
	files, err := migrate.Read(folder(texts))
	require.NoError(t, err)
	return files
}

func prefix(t testing.TB, db *migratetest.Memory, files []migrate.File) {
	t.Helper()
	ledger := db.Ledger(t)
	for i, f := range files {
		if i >= len(ledger) {
			require.Empty(t, db.Must(t, fmt.Sprintf("SELECT 1 FROM sqlite_schema WHERE name = 't%d'", i)))
			continue
		}
		require.Equal(t, f.Name, ledger[i])
		require.Len(t, db.Must(t, fmt.Sprintf("SELECT x FROM t%d", i)), 1)
	}
}
