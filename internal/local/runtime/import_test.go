package runtime

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestImport(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	done, err := rt.Import(t.Context(), "db", "-- a file\nCREATE TABLE t (a);\nINSERT INTO t VALUES ('é;');\n"+
		"CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; END;\nINSERT INTO t VALUES (2) -- no semicolon")
	require.NoError(t, err)
	require.Equal(t, 4, done.Queries)
	require.Positive(t, done.RowsWritten)
	require.Positive(t, done.SizeAfter)
	require.Equal(t, bookmark(t, rt, time.Time{}), done.Bookmark)
	require.Equal(t, [][]any{{"é;"}}, ask(t, rt, "SELECT a FROM t LIMIT 1"))
	require.Equal(t, "2", count(t, rt))

	large := strings.Repeat("INSERT INTO t VALUES ('"+strings.Repeat("x", 1000)+"');\n", 3000)
	done, err = rt.Import(t.Context(), "db", large)
	require.NoError(t, err)
	require.Equal(t, 3000, done.Queries)
	require.Equal(t, "3002", count(t, rt))
}

func TestAFailedImportChangesNothing(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	ask(t, rt, "CREATE TABLE t AS SELECT 1 AS a")
	before := bookmark(t, rt, time.Time{})
	for text, words := range map[string]string{
		"INSERT INTO t VALUES (2); DROP TABLE t; SELECT * FROM nope;": "no such table: nope",
		"DELETE FROM t; BEGIN TRANSACTION; COMMIT;":                   "state.storage.transaction()",
		"DELETE FROM t; PRAGMA journal_mode = DELETE;":                "not authorized",
		"DELETE FROM t; SELECT 'open":                                 "open",
	} {
		_, err := rt.Import(t.Context(), "db", text)
		var refused *SQLError
		require.ErrorAs(t, err, &refused, text)
		require.ErrorContains(t, err, words)
		require.Equal(t, "1", count(t, rt), text)
		require.Equal(t, before, bookmark(t, rt, time.Time{}), text)
	}
}

// TestImportAndForeignKeys shows why a file and a migration are not the same.
func TestImportAndForeignKeys(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	_, err := rt.Import(t.Context(), "db", `CREATE TABLE p (id INTEGER PRIMARY KEY);
		CREATE TABLE c (p REFERENCES p (id) ON DELETE CASCADE);
		INSERT INTO p VALUES (1); INSERT INTO c VALUES (1);`)
	require.NoError(t, err)
	const rebuild = "PRAGMA foreign_keys = OFF; CREATE TABLE n (id INTEGER PRIMARY KEY); INSERT INTO n SELECT * FROM p; DROP TABLE p; ALTER TABLE n RENAME TO p;"
	_, err = rt.Import(t.Context(), "db", rebuild)
	require.NoError(t, err)
	require.Equal(t, "1", fmt.Sprint(ask(t, rt, "SELECT count(*) FROM c")[0][0]), "the children survive")
	require.Equal(t, "0", fmt.Sprint(ask(t, rt, "PRAGMA foreign_keys")[0][0]), "and the setting stays")
}
