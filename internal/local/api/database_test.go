package api_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
)

func TestDatabases(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	made := c.call("POST", "/d1/database", `{"name":"notes"}`).object(t)
	id := made["uuid"].(string)
	require.Equal(t, "production", made["version"])
	require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`, made["created_at"])
	before := c.state()
	c.call("POST", "/d1/database", `{"name":"notes"}`).refused(t, 400, 7502, "notes already exists")
	c.call("POST", "/d1/database", `{"name":"a b"}`).refused(t, 400, 7400, "no name for a database")
	c.call("POST", "/d1/database", `{"name":`).refused(t, 400, 7400, "malformed")
	c.call("GET", "/d1/database/other", "").refused(t, 404, 7404, "The database other could not be found")
	c.call("POST", "/d1/database/other/query", `{"sql":"SELECT 1"}`).refused(t, 404, 7404, "could not be found")
	c.call("DELETE", "/d1/database/other", "").refused(t, 404, 7404, "could not be found")
	require.Equal(t, before, c.state())

	c.rows(id, "CREATE TABLE a (x)")
	for _, key := range []string{id, "notes"} {
		got := c.call("GET", "/d1/database/"+key, "").object(t)
		require.Equal(t, id, got["uuid"])
		require.EqualValues(t, 1, got["num_tables"])
		require.Greater(t, got["file_size"], 4000.0)
	}
	changed := c.call("PUT", "/d1/database/"+id, `{"read_replication":{"mode":"auto"}}`).object(t)
	require.Equal(t, map[string]any{"mode": "auto"}, changed["read_replication"])
	require.Equal(t, "null", string(c.call("DELETE", "/d1/database/"+id, "").Result))
	c.call("GET", "/d1/database/"+id, "").refused(t, 404, 7404, "could not be found")
}

func TestDatabasePages(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for i := range 12 {
		c.database(fmt.Sprintf("d%d", i))
	}
	first := c.call("GET", "/d1/database?per_page=10&page=1", "")
	require.Len(t, first.list(t), 10)
	require.Equal(t, "d11", first.list(t)[0]["name"], "the newest first")
	require.Equal(t, map[string]int{"page": 1, "per_page": 10, "count": 10, "total_count": 12, "total_pages": 2}, first.ResultInfo)
	require.Len(t, c.call("GET", "/d1/database?per_page=10&page=2", "").list(t), 2)
	require.Empty(t, c.call("GET", "/d1/database?per_page=10&page=3", "").list(t))
	require.Len(t, c.call("GET", "/d1/database?name=d1", "").list(t), 3)
	c.call("GET", "/d1/database?page=0", "").refused(t, 400, 7400, "page has to be a number")
	other := "/accounts/" + account.Production.ID + "/d1/database"
	require.Empty(t, c.send(account.Production.Token, "GET", other, "", strings.NewReader("")).list(t))
}

func TestQuery(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	path := "/d1/database/" + c.database("notes")
	query := func(body string) reply { return c.call("POST", path+"/query", body) }

	made := query(`{"sql":"CREATE TABLE a (z TEXT, n INT); INSERT INTO a VALUES ('x;y', 1); -- done\nINSERT INTO a VALUES (?, ?);","params":["p",true]}`).list(t)
	require.Len(t, made, 3, "one result per statement")
	require.EqualValues(t, 1, made[2]["meta"].(map[string]any)["changes"])
	batch := query(`{"batch":[{"sql":"SELECT z, n, n AS z, 'e' AS é FROM a WHERE n = ?1 ORDER BY z","params":[1]},{"sql":"SELECT 9007199254740991 AS big, x'00ff' AS b, NULL AS no"}]}`)
	require.Contains(t, string(batch.Result), `"results":[{"z":1,"n":1,"é":"e"},{"z":1,"n":1,"é":"e"}]`, "columns in order, the later of two wins")
	require.Contains(t, string(batch.Result), `"results":[{"big":9007199254740991,"b":[0,255],"no":null}]`)
	raw := c.call("POST", path+"/raw", `{"sql":"SELECT n, n AS n FROM a WHERE 0; SELECT 2 AS n, 3 AS n"}`)
	require.Contains(t, string(raw.Result), `"results":{"columns":["n","n"],"rows":[[2,3]]}`)

	refusals := map[string]string{
		`{"sql":"INSERT INTO a VALUES ('lost', 5); SELECT * FROM missing"}`: "no such table: missing: SQLITE_ERROR",
		`{"sql":"DELETE FROM a; SELECT 'open"}`:                             `unrecognized token: "'open" at offset 7: SQLITE_ERROR`,
		`{"sql":"DELETE FROM a; BEGIN TRANSACTION"}`:                        "state.storage.transaction()",
		`{"sql":"PRAGMA journal_mode"}`:                                     "not authorized: SQLITE_AUTH",
		`{"sql":" -- nothing\n;"}`:                                          "No SQL statements detected.",
		`{}`:                                                                "No SQL statements detected.",
		`{"sql":"DELETE FROM a; CREATE TRIGGER t AFTER INSERT ON a begin DELETE FROM a; end"}`:                        "incomplete input: SQLITE_ERROR",
		`{"batch":[{"sql":"CREATE TRIGGER t AFTER INSERT ON a BEGIN\r\nDELETE FROM a; END"}]}`:                        "incomplete input: SQLITE_ERROR",
		`{"sql":"CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET n = CASE 1 WHEN 1 THEN 2 END; END; SELECT 1"}`: "incomplete input: SQLITE_ERROR",
	}
	for body, text := range refusals {
		refused := query(body)
		refused.refused(t, 400, 7500, text)
		require.Equal(t, "[]", string(refused.Result))
	}
	query(`{"sql":"DELETE FROM a"`).refused(t, 400, 7400, "malformed")
	query(`{"sql":"DELETE FROM a"} x`).refused(t, 400, 7400, "text after the JSON value")
	require.Equal(t, `[{"n":2}]`, c.rows("notes", "SELECT count(*) AS n FROM a"), "a refused request changes nothing")

	query(`{"sql":"CREATE TRIGGER t AFTER INSERT ON a WHEN CASE 1 WHEN 1 THEN 1 END BEGIN\n UPDATE a SET n = (CASE n WHEN 1 THEN 7 END);\nEND; INSERT INTO a VALUES ('q', 1)"}`).list(t)
	require.Equal(t, `[{"n":3}]`, c.rows("notes", "SELECT count(*) AS n FROM a WHERE n = 7"))
}

func TestExport(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	path := "/d1/database/" + c.database("notes")
	c.rows("notes", "CREATE TABLE a (x)")
	c.rows("notes", "INSERT INTO a VALUES ('it''s')")
	done := c.call("POST", path+"/export", `{"output_format":"polling","dump_options":{"no_schema":true,"tables":["a"]}}`).object(t)
	require.Equal(t, "complete", done["status"])
	response, err := http.Get(done["result"].(map[string]any)["signed_url"].(string))
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Contains(t, string(text), `INSERT INTO "a" ("x") VALUES('it''s');`)
	require.NotContains(t, string(text), "CREATE TABLE")

	c.rows("notes", "CREATE VIRTUAL TABLE f USING fts5(x)")
	c.call("POST", path+"/export", `{"dump_options":{}}`).refused(t, 400, 7500, "cannot export databases with Virtual Tables (fts5)")
}
