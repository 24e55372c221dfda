package api_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWranglerDatabase(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, nil)
	text := w.must(t, "Successfully created DB 'notes'", "d1", "create", "notes")
	require.Equal(t, []string{"POST d1/database"}, w.asked())
	id := w.cloud.call("GET", "/d1/database/notes", "").object(t)["uuid"].(string)
	require.Contains(t, text, `"database_id": "`+id+`"`)
	w.fails(t, "A database with that name already exists", "d1", "create", "notes")
	w.fails(t, "Couldn't find DB with name 'nothing'", "d1", "info", "nothing")

	w.cloud.asked.take()
	text = w.must(t, "│ "+id+" │ production │", "d1", "list")
	require.Contains(t, text, "│ notes │")
	require.NotContains(t, text, "[object Object]")
	require.Equal(t, []string{"GET d1/database?per_page=10&page=1"}, w.asked())
	w.must(t, `"name": "notes"`, "d1", "list", "--json")

	w.cloud.asked.take()
	text = w.must(t, `"num_tables": 0`, "d1", "info", "notes", "--json")
	require.Contains(t, text, `"database_size": 4096`)
	require.Contains(t, text, `"rows_written_24h": 0`)
	require.Equal(t, []string{"GET d1/database?per_page=10&page=1", "GET d1/database/" + id, "POST /graphql"}, w.asked())
	w.cloud.rows(id, "CREATE TABLE a (x)")
	require.Regexp(t, `num_tables +│ 1 `, w.must(t, "│ read_replication.mode │ disabled", "d1", "info", "notes"))

	text = w.must(t, "Deleted 'notes' successfully", "d1", "delete", "notes", "-y")
	require.Contains(t, text, "About to delete remote database DB 'notes' ("+id+").")
	require.Empty(t, w.cloud.call("GET", "/d1/database", "").list(t))
}

func TestWranglerCommand(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, nil)
	id := w.cloud.database("notes")
	w.cloud.asked.take()
	text := w.must(t, "Executed 2 commands in ", "d1", "execute", "notes", "--remote", "--command", "SELECT 'a;b' AS one; SELECT 2 AS two")
	require.Equal(t, []string{"GET d1/database?per_page=10&page=1", "POST d1/database/" + id + "/query"}, w.asked())
	require.Contains(t, text, `"one": "a;b"`)
	require.Contains(t, text, `"two": 2`)
	require.Contains(t, text, `"size_after": 4096`)
	w.fails(t, "no such table: missing: SQLITE_ERROR [code: 7500]",
		"d1", "execute", "notes", "--remote", "--command", "CREATE TABLE a (x); SELECT x FROM missing")
	require.Equal(t, `[{"n":0}]`, w.cloud.rows(id, "SELECT count(*) AS n FROM sqlite_schema WHERE name = 'a'"))
}

func TestWranglerFile(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, map[string]string{
		"seed.sql":   "CREATE TABLE notes (body TEXT);\nINSERT INTO notes VALUES ('a;b');\n",
		"broken.sql": "DELETE FROM notes;\nINSERT INTO nowhere VALUES (1);\n",
	})
	id := w.cloud.database("notes")
	w.cloud.asked.take()
	text := w.must(t, "Executed 2 queries", "d1", "execute", "notes", "--remote", "-y", "--file", "seed.sql")
	asked := w.asked()
	require.Len(t, asked, 4)
	require.Equal(t, "POST d1/database/"+id+"/import", asked[1])
	require.True(t, strings.HasPrefix(asked[2], "PUT /local/imports/"), asked[2])
	require.Equal(t, asked[1], asked[3])
	require.Contains(t, text, `"Total queries executed": 2`)
	require.Contains(t, text, "Database is currently at bookmark "+w.cloud.bookmark(id, ""))
	w.fails(t, "no such table: nowhere: SQLITE_ERROR", "d1", "execute", "notes", "--remote", "-y", "--file", "broken.sql")
	require.Equal(t, `[{"body":"a;b"}]`, w.cloud.rows(id, "SELECT body FROM notes"))
}

func TestWranglerExport(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, nil)
	id := w.cloud.database("notes")
	w.cloud.rows(id, "CREATE TABLE notes AS SELECT 'a;b' AS body")
	w.must(t, "Downloaded to dump.sql successfully!", "d1", "export", "notes", "--remote", "--no-schema", "--output", "dump.sql")
	asked := called(w.cloud.asked.take(), "POST d1/database/"+id+"/export")
	require.JSONEq(t, `{"output_format":"polling","dump_options":{"no_schema":true,"no_data":false,"tables":[]}}`, asked.body)
	dump, err := os.ReadFile(filepath.Join(w.dir, "dump.sql"))
	require.NoError(t, err)
	require.Equal(t, "PRAGMA defer_foreign_keys=TRUE;\nINSERT INTO \"notes\" (\"body\") VALUES('a;b');\n", string(dump))
	w.cloud.rows(id, "CREATE VIRTUAL TABLE f USING fts5(x)")
	w.fails(t, "D1 Export error: cannot export databases with Virtual Tables (fts5)", "d1", "export", "notes", "--remote", "--output", "none.sql")
	require.NoFileExists(t, filepath.Join(w.dir, "none.sql"))
}

func TestWranglerTimeTravel(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, nil)
	id := w.cloud.database("notes")
	w.cloud.rows(id, "CREATE TABLE notes AS SELECT 'kept' AS body")
	kept := w.cloud.bookmark(id, "")
	w.cloud.asked.take()
	w.must(t, "The current bookmark is '"+kept+"'", "d1", "time-travel", "info", "notes")
	require.Equal(t, []string{"GET d1/database?per_page=10&page=1", "GET d1/database/" + id, "GET d1/database/" + id + "/time_travel/bookmark?"}, w.asked())
	then := time.Now().UTC().Add(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
	time.Sleep(2 * time.Millisecond)
	w.cloud.rows(id, "DELETE FROM notes")
	emptied := w.cloud.bookmark(id, "")
	var back struct {
		Bookmark, Message string
		Previous          string `json:"previous_bookmark"`
	}
	text := w.must(t, "{", "d1", "time-travel", "restore", "notes", "--json", "--timestamp", then)
	require.NoError(t, json.Unmarshal([]byte(text), &back), text)
	require.Equal(t, kept, back.Bookmark)
	require.Equal(t, emptied, back.Previous)
	require.Equal(t, `[{"body":"kept"}]`, w.cloud.rows(id, "SELECT body FROM notes"))
	w.fails(t, "there is no state with the bookmark", "d1", "time-travel", "restore", "notes", "--json", "--bookmark", "ffffffff"+kept[8:])
	before := w.cloud.bookmark(id, "")
	text = w.must(t, "Database notes restored back to bookmark "+emptied, "d1", "time-travel", "restore", "notes", "--bookmark", emptied)
	require.Contains(t, text, "you can restore to the previous bookmark: "+before)
	require.Equal(t, `[]`, w.cloud.rows(id, "SELECT body FROM notes"))
}

// migrationText is what wrangler sends for one file: the file, and the row of
// its ledger.
func migrationText(file, name string) string {
	tabs := strings.Repeat("\t", 8)
	return file + "\n" + tabs + "INSERT INTO d1_migrations (name)\n" + tabs + "values ('" + name + "');\n" + tabs[2:]
}

// queries are the SQL texts that were sent, and the calls all are queries.
func queries(t *testing.T, id string, all []sent) (texts []string) {
	t.Helper()
	for _, one := range all {
		require.Equal(t, "POST d1/database/"+id+"/query", one.call)
		var body map[string]string
		require.NoError(t, json.Unmarshal([]byte(one.body), &body))
		require.Len(t, body, 1)
		texts = append(texts, body["sql"])
	}
	return texts
}

func TestWranglerMigrations(t *testing.T) {
	t.Parallel()
	const first, broken, second = "CREATE TABLE notes (body TEXT);\nINSERT INTO notes VALUES ('a;b');\n",
		"INSERT INTO notes VALUES ('c');\nINSERT INTO nowhere VALUES (1);\n", "INSERT INTO notes VALUES ('c');\n"
	w := newWrangler(t, map[string]string{"migrations/0001_notes.sql": first, "migrations/0002_more.sql": broken})
	id := w.cloud.database("notes")
	w.write(t, "wrangler.jsonc", `{"name": "x", "d1_databases": [{"binding": "DB", "database_name": "notes", "database_id": "`+id+`"}]}`)
	text := w.must(t, "Migrations to be applied:", "d1", "migrations", "list", "notes", "--remote")
	require.Regexp(t, `(?s)│ 0001_notes.sql │.*│ 0002_more.sql  │`, text)
	w.cloud.asked.take()
	w.fails(t, "no such table: nowhere: SQLITE_ERROR [code: 7500]", "d1", "migrations", "apply", "notes", "--remote")
	sent := queries(t, id, w.cloud.asked.take())
	require.Len(t, sent, 4)
	require.True(t, strings.HasPrefix(sent[0], "CREATE TABLE IF NOT EXISTS d1_migrations("), sent[0])
	require.Equal(t, "SELECT *\n\t\tFROM d1_migrations\n\t\tORDER BY id", sent[1])
	require.Equal(t, []string{migrationText(first, "0001_notes.sql"), migrationText(broken, "0002_more.sql")}, sent[2:])
	require.Equal(t, `[{"body":"a;b"}]`, w.cloud.rows(id, "SELECT body FROM notes"), "the second file left nothing")
	require.Equal(t, `[{"name":"0001_notes.sql"}]`, w.cloud.rows(id, "SELECT name FROM d1_migrations"))

	w.write(t, "migrations/0002_more.sql", second)
	w.cloud.asked.take()
	text = w.must(t, "About to apply 1 migration(s)", "d1", "migrations", "apply", "notes", "--remote")
	require.Equal(t, []string{migrationText(second, "0002_more.sql")}, queries(t, id, w.cloud.asked.take())[2:])
	require.Regexp(t, `│ 0002_more.sql │ ✅ `, text)
	require.Equal(t, `[{"n":2}]`, w.cloud.rows(id, "SELECT count(*) AS n FROM notes"))
	w.must(t, "No migrations to apply!", "d1", "migrations", "list", "notes", "--remote")
}
