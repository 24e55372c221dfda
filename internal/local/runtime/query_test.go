package runtime

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// ask runs one statement and gives its rows.
func ask(t *testing.T, rt *Runtime, sql string, params ...any) [][]any {
	t.Helper()
	results, err := rt.Query(t.Context(), "db", []Statement{{SQL: sql, Params: params}})
	require.NoError(t, err)
	require.Len(t, results, 1)
	return results[0].Rows
}

func TestQueryAnswersColumnsRowsAndMeta(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	results, err := rt.Query(t.Context(), "db", []Statement{
		{SQL: "CREATE TABLE t (id INTEGER PRIMARY KEY, v)"},
		{SQL: "INSERT INTO t (v) VALUES (?), (?), (?), (?)", Params: []any{true, "é", []byte{1, 2}, nil}},
		{SQL: "SELECT id, v FROM t ORDER BY id"},
		{SQL: "-- nothing"},
	})
	require.NoError(t, err)
	require.Len(t, results, 3)
	require.Equal(t, json.Number("4"), results[1].Meta["changes"])
	require.Equal(t, []string{"id", "v"}, results[2].Columns)
	n := func(s string) json.Number { return json.Number(s) }
	require.Equal(t, [][]any{{n("1"), n("1")}, {n("2"), "é"}, {n("3"), []any{n("1"), n("2")}}, {n("4"), nil}}, results[2].Rows)
	require.Equal(t, [][]any{{n("9007199254740992")}}, ask(t, rt, "SELECT 9007199254740993"), "rounded, as D1 does")
}

func TestQueryIsOneTransaction(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	ask(t, rt, "CREATE TABLE t (a)")
	_, err := rt.Query(t.Context(), "db", []Statement{{SQL: "INSERT INTO t VALUES (1)"}, {SQL: "SELECT * FROM nope"}})
	var refused *SQLError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "no such table: nope: SQLITE_ERROR", refused.Message)
	require.Empty(t, ask(t, rt, "SELECT * FROM t"), "the first statement was rolled back")

	_, err = rt.Query(t.Context(), "db", []Statement{{SQL: " -- only a comment"}})
	require.EqualError(t, err, "No SQL statements detected.")
}

func TestDatabasesAreApart(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	ask(t, rt, "CREATE TABLE t (a)")
	_, err := rt.Query(t.Context(), "another", []Statement{{SQL: "SELECT * FROM t"}})
	require.EqualError(t, err, "no such table: t: SQLITE_ERROR")
}

func TestDataSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rt := start(t, Config{Dir: dir})
	ask(t, rt, "CREATE TABLE t AS SELECT 'kept' AS a")
	require.NoError(t, rt.Close())
	require.Equal(t, [][]any{{"kept"}}, ask(t, start(t, Config{Dir: dir}), "SELECT a FROM t"))
}

func TestDataSurvivesAKill(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	ask(t, rt, "CREATE TABLE t AS SELECT 'kept' AS a")
	killed := rt.engine.proc
	require.NoError(t, killed.cmd.Process.Kill())
	require.True(t, killed.endsWithin(5*time.Second))
	require.Equal(t, [][]any{{"kept"}}, ask(t, rt, "SELECT a FROM t"))
	require.NotSame(t, killed, rt.engine.proc)
}

func TestAnEndlessQueryIsReset(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	ask(t, rt, "CREATE TABLE t AS SELECT 'kept' AS a")
	rt.engine.transport.ResponseHeaderTimeout = time.Second
	_, err := rt.Query(t.Context(), "db", []Statement{
		{SQL: "DELETE FROM t"},
		{SQL: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"},
	})
	require.EqualError(t, err, resetMessage)
	require.Equal(t, [][]any{{"kept"}}, ask(t, rt, "SELECT a FROM t"), "nothing of it was kept")
}

func TestExport(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	ask(t, rt, "CREATE TABLE a (x)")
	ask(t, rt, "CREATE TABLE b (y)")
	ask(t, rt, "INSERT INTO a VALUES (?)", "it's")

	const first = "PRAGMA defer_foreign_keys=TRUE;\n"
	const rows = `INSERT INTO "a" ("x") VALUES('it''s');` + "\n"
	for _, c := range []struct {
		noSchema, noData bool
		tables           []string
		want             string
	}{
		{want: first + "CREATE TABLE a (x);\n" + rows + "CREATE TABLE b (y);\n"},
		{noSchema: true, want: first + rows},
		{noData: true, tables: []string{"b"}, want: first + "CREATE TABLE b (y);\n"},
	} {
		dump, err := rt.Export(t.Context(), "db", c.noSchema, c.noData, c.tables)
		require.NoError(t, err)
		require.Equal(t, c.want, dump)
	}

	ask(t, rt, "CREATE VIRTUAL TABLE f USING fts5(z)")
	_, err := rt.Export(t.Context(), "db", false, false, nil)
	require.EqualError(t, err, "D1 Export error: cannot export databases with Virtual Tables (fts5)")
}

func TestDropDatabaseRemovesTheFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rt := start(t, Config{Dir: dir})
	files := func() (names []string) {
		entries, err := os.ReadDir(filepath.Join(dir, "d1", uniqueKey))
		require.NoError(t, err)
		for _, entry := range entries {
			if !strings.HasPrefix(entry.Name(), "metadata.") {
				names = append(names, entry.Name())
			}
		}
		return names
	}
	ask(t, rt, "CREATE TABLE t (a)")
	require.NotEmpty(t, files())
	require.NoError(t, rt.DropDatabase(t.Context(), "db"))
	require.Empty(t, files())
	states, err := os.ReadDir(filepath.Join(dir, "d1-states"))
	require.NoError(t, err)
	require.Empty(t, states)
	require.NoError(t, rt.DropDatabase(t.Context(), "never was"))

	_, err = rt.Query(t.Context(), "db", []Statement{{SQL: "SELECT * FROM t"}})
	require.EqualError(t, err, "no such table: t: SQLITE_ERROR")
}
