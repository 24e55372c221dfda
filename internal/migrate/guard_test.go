package migrate_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/lint"
	"crane/internal/migrate"
	"crane/internal/migrate/migratetest"
	"crane/internal/schema"
)

// family is a parent with a child that goes with it and one that forgets it.
const family = `CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE CASCADE);
CREATE TABLE s (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE SET NULL);`

const members = `INSERT INTO p VALUES (1, 'a'), (2, 'b');
INSERT INTO c VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO s VALUES (1, 1);`

// rebuild is what generators write to change a column.
const rebuild = `PRAGMA defer_foreign_keys = ON;
CREATE TABLE p_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO p_new SELECT id, name FROM p;
DROP TABLE p;
ALTER TABLE p_new RENAME TO p;
`

// judged forces files past the linter, with what it would have had counted.
func judged(verdicts ...lint.Verdict) func(context.Context, schema.Schema, []lint.File) ([]lint.Verdict, error) {
	return func(_ context.Context, _ schema.Schema, files []lint.File) ([]lint.Verdict, error) {
		if len(verdicts) != len(files) {
			return nil, errors.New("a verdict is missing")
		}
		return verdicts, nil
	}
}

func family2(t testing.TB, second string) []migrate.File {
	t.Helper()
	files, err := migrate.Read(folder(map[string]string{"0001_family.sql": family, "0002_rebuild.sql": second}))
	require.NoError(t, err)
	return files
}

// born applies the family and lets it have rows.
func born(t testing.TB) *migratetest.Memory {
	t.Helper()
	db := migratetest.New(t)
	_, err := apply(t, db, migrate.Run{Files: family2(t, rebuild)[:1]})
	require.NoError(t, err)
	db.Must(t, members)
	return db
}

var whole = lint.Verdict{
	Counted: []string{"c", "p"}, After: map[string]string{"c": "c", "p": "p"},
	Findings: []lint.Finding{{Rule: "cascade", Level: lint.Risk, Tables: []string{"c"}, Accepted: "to force it past the linter"}},
}

func TestGuardStopsALoss(t *testing.T) {
	t.Parallel()
	db := born(t)
	before := db.Contents(t)
	result, err := apply(t, db, migrate.Run{Files: family2(t, rebuild), Lint: judged(whole)})
	require.ErrorIs(t, err, migrate.ErrLoss)
	require.EqualError(t, err, "0002_rebuild.sql: stopped by the guard: it would have lost rows: c 3 to 0; "+
		"this file committed nothing, and nothing was applied before it")
	require.Equal(t, "keep the rows, or say in the file that they may go: -- crane:accept cascade <reason>", hint.Of(err))
	require.Equal(t, []string{"0001_family.sql"}, applied(result))
	require.Equal(t, before, db.Contents(t))
}

func TestGuardLetsAnAcknowledgedLossPass(t *testing.T) {
	t.Parallel()
	db := born(t)
	covered := whole
	covered.Covered = []string{"c"}
	_, err := apply(t, db, migrate.Run{Files: family2(t, rebuild), Lint: judged(covered)})
	require.NoError(t, err)
	require.Empty(t, db.Must(t, "SELECT * FROM c"))
	row := db.Must(t, "SELECT * FROM crane_migrations WHERE name = '0002_rebuild.sql'")[0]
	require.JSONEq(t, `{"c":3,"p":2}`, row["rows_before"].(string))
	require.JSONEq(t, `{"c":0,"p":2}`, row["rows_after"].(string))
	require.EqualValues(t, 0, row["lost"])
}

func TestGuardStopsADroppedTable(t *testing.T) {
	t.Parallel()
	db := born(t)
	before := db.Contents(t)
	gone := lint.Verdict{Counted: []string{"s"}, After: map[string]string{"s": ""}}
	_, err := apply(t, db, migrate.Run{Files: family2(t, "DROP TABLE s;"), Lint: judged(gone)})
	require.ErrorContains(t, err, "would have lost rows: s 1 to 0")
	require.Equal(t, "keep the rows: the linter did not foresee this loss, so that it cannot be acknowledged", hint.Of(err))
	require.Equal(t, before, db.Contents(t))
}

// TestGuardCannotBeTakenAway: a file that empties crane's ledger, or drops it,
// commits nothing.
func TestGuardCannotBeTakenAway(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"DELETE FROM crane_migrations; DELETE FROM c;":            "it would have taken away its own row of crane_migrations; this file committed nothing",
		"DROP TABLE IF EXISTS crane_migrations;":                  "no such table: crane_migrations",
		"UPDATE crane_migrations SET sha256 = ''; DELETE FROM c;": "it would have taken away its own row",
	} {
		db := born(t)
		before := db.Contents(t)
		_, err := apply(t, db, migrate.Run{Files: family2(t, file), Lint: judged(lint.Verdict{})})
		require.ErrorContains(t, err, want)
		require.Equal(t, before, db.Contents(t))
	}
}

// TestGuardCountsManyTables: more than one statement may hold.
func TestGuardCountsManyTables(t *testing.T) {
	t.Parallel()
	var first strings.Builder
	verdict := lint.Verdict{After: map[string]string{}}
	for i := range 600 {
		name := fmt.Sprintf("t%d", i)
		fmt.Fprintf(&first, "CREATE TABLE %s (x);\n", name)
		verdict.Counted, verdict.After[name] = append(verdict.Counted, name), name
	}
	files, err := migrate.Read(folder(map[string]string{"0001_many.sql": first.String(), "0002_delete.sql": "DELETE FROM t599;"}))
	require.NoError(t, err)
	db := migratetest.New(t)
	_, err = apply(t, db, migrate.Run{Files: files[:1]})
	require.NoError(t, err)
	db.Must(t, "INSERT INTO t599 VALUES (1)")
	_, err = apply(t, db, migrate.Run{Files: files, Lint: judged(verdict)})
	require.ErrorContains(t, err, "would have lost rows: t599 1 to 0")
	verdict.Covered = []string{"t599"}
	result, err := apply(t, db, migrate.Run{Files: files, Lint: judged(verdict)})
	require.NoError(t, err)
	require.Len(t, result.Rows, 600)
}

// TestAdoptsManyFiles: a long past with wrangler is no obstacle.
func TestAdoptsManyFiles(t *testing.T) {
	t.Parallel()
	texts := map[string]string{}
	seed := []string{`CREATE TABLE "d1_migrations"(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`, "CREATE TABLE a (x)"}
	for i := range 1200 {
		name := fmt.Sprintf("%04d_some_long_name_of_a_migration_that_was_made_by_wrangler.sql", i)
		texts[name] = "CREATE TABLE IF NOT EXISTS a (x);"
		seed = append(seed, "INSERT INTO d1_migrations (name) VALUES ('"+name+"')")
	}
	files, err := migrate.Read(folder(texts))
	require.NoError(t, err)
	db := migratetest.New(t, seed...)
	adopted := 0
	_, err = apply(t, db, migrate.Run{Files: files, Adopted: func(names []string) { adopted = len(names) }})
	require.NoError(t, err)
	require.Equal(t, 1200, adopted)
	require.EqualValues(t, 1200, db.Must(t, "SELECT count(*) AS n FROM crane_migrations")[0]["n"])
}

func TestGuardStopsOrphans(t *testing.T) {
	t.Parallel()
	db := born(t)
	db.Loose(t, "PRAGMA foreign_keys = OFF; INSERT INTO c VALUES (9, 99)")
	before := db.Contents(t)
	reference := []lint.Reference{{Child: "c", Parent: "p", Columns: []string{"p"}, Keys: []string{"id"}}}
	verdict := lint.Verdict{Before: reference, Now: reference}
	_, err := apply(t, db, migrate.Run{Files: family2(t, "UPDATE c SET p = 77 WHERE id < 3;"), Lint: judged(verdict)})
	require.ErrorIs(t, err, migrate.ErrLoss)
	require.ErrorContains(t, err, "would have left references to nothing: c of p 1 to 3; this file committed nothing")
	require.Equal(t, "mend the references in the same file, before it ends", hint.Of(err))
	require.Equal(t, before, db.Contents(t))

	_, err = apply(t, db, migrate.Run{Files: family2(t, "UPDATE c SET id = id + 100;"), Lint: judged(verdict)})
	require.NoError(t, err, "an orphan that was there before is not the file's")
}

// TestCheckHoldsByItself: even without the guard's words, a loss breaks a CHECK.
func TestCheckHoldsByItself(t *testing.T) {
	t.Parallel()
	db := born(t)
	for _, column := range []string{"lost", "orphans"} {
		_, err := db.Run("UPDATE crane_migrations SET " + column + " = 1")
		require.ErrorContains(t, err, "CHECK constraint failed: "+column+" = 0")
	}
}

// TestWranglerBefore: what wrangler applied is taken over with its digests.
func TestWranglerBefore(t *testing.T) {
	t.Parallel()
	files := abc(t)
	db := migratetest.New(t, files[0].SQL, `CREATE TABLE IF NOT EXISTS "d1_migrations"(
		id         INTEGER PRIMARY KEY AUTOINCREMENT,
		name       TEXT UNIQUE,
		applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);`, "INSERT INTO d1_migrations (name) VALUES ('0001_a.sql')")
	var adopted []string
	result, err := apply(t, db, migrate.Run{Files: files, Adopted: func(names []string) { adopted = names }})
	require.NoError(t, err)
	require.Equal(t, []string{"0001_a.sql"}, adopted)
	require.Equal(t, names(files), applied(result))
	for i, row := range db.Must(t, "SELECT name, sha256 FROM crane_migrations ORDER BY name") {
		require.Equal(t, files[i].Name, row["name"])
		require.Equal(t, files[i].SHA256, row["sha256"])
	}
}

func TestTablesWithoutALedgerAreRefused(t *testing.T) {
	t.Parallel()
	db := migratetest.New(t, "CREATE TABLE theirs (x)")
	before := db.Contents(t)
	_, err := apply(t, db, migrate.Run{Files: abc(t)})
	require.ErrorIs(t, err, migrate.ErrUnledgered)
	require.EqualError(t, err, "the database has tables, but no ledger says which migrations made them (tables, indexes, views, triggers: 1); nothing was written")
	require.Equal(t, "crane migrate baseline --upto 0001, with the number of the last file whose tables are there", hint.Of(err))
	require.Empty(t, db.Writes())
	require.Equal(t, before, db.Contents(t))
}

// TestChangedSchemaIsRefused: what was judged in a preview has to be what is there.
func TestChangedSchemaIsRefused(t *testing.T) {
	t.Parallel()
	db := migratetest.New(t)
	seen, err := apply(t, db, migrate.Run{Files: abc(t)[:1]})
	require.NoError(t, err)
	db.Must(t, "ALTER TABLE a ADD COLUMN y")
	before := db.Contents(t)
	db.Requests = nil
	_, err = apply(t, db, migrate.Run{Files: abc(t), Known: seen.Schema, Had: seen.Applied})
	require.ErrorIs(t, err, migrate.ErrDrift)
	require.EqualError(t, err, "the schema was changed since it was last looked at:\n~ table a\n    - create table a(x)\n    + create table a(x, y)\nnothing was applied")
	require.Contains(t, hint.Of(err), "pulumi refresh --stack staging --yes")
	require.Empty(t, db.Writes())
	require.Equal(t, before, db.Contents(t))
}

// TestOthersWentOn: files of ours that somebody else applied explain a schema
// that was never seen.
func TestOthersWentOn(t *testing.T) {
	t.Parallel()
	db := migratetest.New(t)
	seen, err := apply(t, db, migrate.Run{Files: abc(t)[:1]})
	require.NoError(t, err)
	_, err = apply(t, db, migrate.Run{Files: abc(t)[:2]})
	require.NoError(t, err)
	result, err := apply(t, db, migrate.Run{Files: abc(t), Known: seen.Schema, Had: seen.Applied})
	require.NoError(t, err)
	require.Len(t, applied(result), 3)
}

func TestLedgersThatDisagreeAreRefused(t *testing.T) {
	t.Parallel()
	db := migratetest.New(t)
	_, err := apply(t, db, migrate.Run{Files: abc(t)})
	require.NoError(t, err)
	db.Must(t, "DELETE FROM d1_migrations WHERE name = '0003_c.sql'")
	db.Requests = nil
	_, err = apply(t, db, migrate.Run{Files: abc(t)})
	require.ErrorIs(t, err, migrate.ErrAstray)
	require.ErrorContains(t, err, "crane_migrations has 0003_c.sql, d1_migrations has not; nothing was written")
	require.Contains(t, hint.Of(err), "put the row back into d1_migrations")
	require.Empty(t, db.Writes())
}

func TestBaseline(t *testing.T) {
	t.Parallel()
	files := abc(t)
	db := migratetest.New(t, "CREATE TABLE \"a\" ( x )", "CREATE TABLE b(x)")
	for number, want := range map[string]string{
		"0009": `no migration has the number: "0009" (there are 0001_a.sql, 0002_b.sql, 0003_c.sql); nothing was written`,
		"b":    `no migration has the number: "b" (there are 0001_a.sql, 0002_b.sql, 0003_c.sql); nothing was written`,
	} {
		_, err := migrate.PlanBaseline(t.Context(), db, files, number)
		require.EqualError(t, err, want)
	}
	wrong, err := migrate.PlanBaseline(t.Context(), db, files, "3")
	require.NoError(t, err)
	require.Equal(t, "- table c\n    - create table c(x)", schema.Text(wrong.Changes))

	right, err := migrate.PlanBaseline(t.Context(), db, files, "0002")
	require.NoError(t, err)
	require.Empty(t, right.Changes)
	require.Empty(t, db.Writes())
	db.Must(t, "CREATE TABLE crane_migrations (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, bookmark TEXT); INSERT INTO crane_migrations VALUES ('0001_a.sql', 'old', 'b')")
	right, err = migrate.PlanBaseline(t.Context(), db, files, "0002")
	require.NoError(t, err, "what is left of crane's own ledger is no ledger")
	require.NoError(t, right.Write(t.Context(), db))
	require.Equal(t, files[0].SHA256, db.Must(t, "SELECT sha256 FROM crane_migrations")[0]["sha256"])
	db.Must(t, "DROP TABLE crane_migrations")
	require.Equal(t, []string{"0001_a.sql", "0002_b.sql"}, db.Ledger(t))
	_, err = migrate.PlanBaseline(t.Context(), db, files, "0002")
	require.EqualError(t, err, "the database has a ledger already, up to 0002_b.sql; nothing was written")
	require.Equal(t, "crane migrate status", hint.Of(err))
	result, err := apply(t, db, migrate.Run{Files: files})
	require.NoError(t, err)
	require.Equal(t, names(files), applied(result))
}

func TestStatus(t *testing.T) {
	t.Parallel()
	files := abc(t)
	db := migratetest.New(t)
	first, err := apply(t, db, migrate.Run{Files: files[:1]})
	require.NoError(t, err)
	require.Empty(t, first.Bookmark)
	second, err := apply(t, db, migrate.Run{Files: files[:2]})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"a": "0", "b": "0"}, second.Rows)
	require.NotEqual(t, first.Bookmark, second.Bookmark)
	db.Must(t, "CREATE INDEX by_hand ON a (x)")
	db.Requests = nil
	status, err := migrate.Look(t.Context(), db, files)
	require.NoError(t, err)
	require.Equal(t, []string{"0003_c.sql"}, names(status.Pending))
	require.Equal(t, "+ index by_hand\n    + create index by_hand on a(x)", schema.Text(status.Drift))
	require.NoError(t, status.Unreplayed)
	bookmark, undone := status.Restorable()
	require.Equal(t, second.Bookmark, bookmark)
	require.Equal(t, []string{"0002_b.sql"}, undone)
	require.Empty(t, db.Writes())

	gone, err := migrate.Look(t.Context(), db, files[1:])
	require.NoError(t, err)
	require.Equal(t, []string{"0001_a.sql: was applied, but its file is gone"}, gone.Problems)
	require.Error(t, gone.Unreplayed)
}

// TestTwoAtOnce: of two runs that saw the same ledger one wins, and the other
// says so; nothing is applied twice.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	for range 20 {
		db := migratetest.New(t)
		files := ten(t)
		var looked sync.WaitGroup
		looked.Add(2)
		gate := func(ctx context.Context, s schema.Schema, f []lint.File) ([]lint.Verdict, error) {
			looked.Done()
			looked.Wait() // both have read the ledger
			return lint.Check(ctx, s, f)
		}
		failures := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := migrate.Apply(context.Background(), db, migrate.Run{Files: files, Lint: gate})
				failures <- err
			}()
		}
		first, second := <-failures, <-failures
		lost := cmp.Or(first, second)
		require.True(t, first == nil || second == nil, "one wins: %v, %v", first, second)
		require.ErrorIs(t, lost, migrate.ErrRace)
		require.ErrorContains(t, lost, "another run applied it at the same time; nothing was applied twice")
		require.Equal(t, names(files), db.Ledger(t))
		prefix(t, db, files)
	}
}

// TestNamesAsTheyAreSpelled: the linter's own names reach the guard, whatever
// letters and quotes they are made of.
func TestNamesAsTheyAreSpelled(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Äpfel", "Mixed Case", `with "quotes"`, "it's", "100%", "select"} {
		quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		files, err := migrate.Read(folder(map[string]string{
			"0001_a.sql": "CREATE TABLE " + quoted + " (x);",
			"0002_b.sql": "-- crane:accept delete-rows one of them is enough\nDELETE FROM " + quoted + " WHERE x = 1;",
		}))
		require.NoError(t, err)
		db := migratetest.New(t)
		_, err = apply(t, db, migrate.Run{Files: files[:1]})
		require.NoError(t, err)
		db.Must(t, "INSERT INTO "+quoted+" VALUES (1), (2)")
		result, err := apply(t, db, migrate.Run{Files: files})
		require.NoError(t, err, name)
		require.Equal(t, "1-9", result.Rows[name])
		require.JSONEq(t, `{`+strconv.Quote(name)+`: 2}`, db.Must(t, "SELECT rows_before FROM crane_migrations WHERE name = '0002_b.sql'")[0]["rows_before"].(string))
	}
}
