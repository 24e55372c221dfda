package api_test

import (
	"crypto/md5"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// importer takes a database through the steps of an import.
type importer struct {
	*cloud
	id string
}

func (i importer) step(body string) map[string]any {
	i.t.Helper()
	return i.call("POST", "/d1/database/"+i.id+"/import", body).object(i.t)
}

func (i importer) upload(url any, text string) (int, string) {
	i.t.Helper()
	request, err := http.NewRequestWithContext(i.t.Context(), "PUT", url.(string), strings.NewReader(text))
	require.NoError(i.t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(i.t, err)
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	require.NoError(i.t, err)
	return response.StatusCode, response.Header.Get("etag")
}

func sum(text string) string {
	digest := md5.Sum([]byte(text))
	return hex.EncodeToString(digest[:])
}

// file uploads a text and begins.
func (i importer) file(text string) map[string]any {
	i.t.Helper()
	begun := i.step(`{"action":"init","etag":"` + sum(text) + `"}`)
	if url, wanted := begun["upload_url"]; wanted {
		status, etag := i.upload(url, text)
		require.Equal(i.t, 200, status)
		require.Equal(i.t, `"`+sum(text)+`"`, etag)
		begun = i.step(`{"action":"ingest","filename":"` + begun["filename"].(string) + `","etag":"` + sum(text) + `"}`)
	}
	return i.finish(begun)
}

// finish polls until an import has ended.
func (i importer) finish(begun map[string]any) map[string]any {
	i.t.Helper()
	for begun["status"] == "active" {
		begun = i.step(`{"action":"poll","current_bookmark":"` + begun["at_bookmark"].(string) + `"}`)
	}
	return begun
}

func TestImport(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	i := importer{c, c.database("notes")}
	before := c.bookmark(i.id, "")
	done := i.file("CREATE TABLE a (x);\nINSERT INTO a VALUES (';');")
	require.Equal(t, "complete", done["status"], done)
	result := done["result"].(map[string]any)
	require.EqualValues(t, 2, result["num_queries"])
	require.Equal(t, c.bookmark(i.id, ""), result["final_bookmark"])
	require.Greater(t, result["final_bookmark"], before)
	require.Contains(t, result["meta"], "rows_written")
	require.Equal(t, `[{"x":";"}]`, c.rows(i.id, "SELECT x FROM a"))
	after := i.step(`{"action":"poll","current_bookmark":"` + before + `"}`)
	require.Equal(t, false, after["success"])
	require.Equal(t, "Not currently importing anything.", after["error"])

	failing := "DELETE FROM a; INSERT INTO b VALUES (1);"
	failed := i.file(failing)
	require.Equal(t, "error", failed["status"])
	require.Equal(t, []any{"no such table: b: SQLITE_ERROR"}, failed["errors"])
	require.Equal(t, result["final_bookmark"], c.bookmark(i.id, ""))
	c.rows(i.id, "CREATE TABLE b (x)")
	again := i.step(`{"action":"init","etag":"` + sum(failing) + `"}`)
	require.NotContains(t, again, "upload_url", "it was uploaded before")
	require.Equal(t, "complete", again["status"])
	require.Equal(t, `[{"x":1}]`, c.rows(i.id, "SELECT x FROM b"))
}

// TestSlowImport is one that is polled for.
func TestSlowImport(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	i := importer{c, c.database("notes")}
	text := `CREATE TABLE a AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000000) SELECT max(i) AS x FROM n;`
	begun := i.step(`{"action":"init","etag":"` + sum(text) + `"}`)
	status, _ := i.upload(begun["upload_url"], text)
	require.Equal(t, 200, status)
	ingest := `{"action":"ingest","filename":"` + begun["filename"].(string) + `","etag":"` + sum(text) + `"}`
	active := i.step(ingest)
	require.Equal(t, "active", active["status"])
	require.Equal(t, "Currently processing a long-running import.", i.step(ingest)["error"])
	require.Equal(t, "complete", i.finish(active)["status"])
	require.Equal(t, `[{"x":12000000}]`, c.rows(i.id, "SELECT x FROM a"))
}

func TestImportRefusals(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	i := importer{c, c.database("notes")}
	path := "/d1/database/" + i.id + "/import"
	c.call("POST", path, `{"action":"init","etag":"x"}`).refused(t, 400, 7400, "no MD5")
	c.call("POST", path, `{"action":"dance","etag":"`+sum("")+`"}`).refused(t, 400, 7400, `no action "dance"`)
	c.call("POST", "/d1/database/missing/import", `{"action":"poll"}`).refused(t, 404, 7404, "could not be found")
	begun := i.step(`{"action":"init","etag":"` + sum("a") + `"}`)
	status, _ := i.upload(begun["upload_url"], "b")
	require.Equal(t, 400, status)
	missing := i.step(`{"action":"ingest","filename":"` + begun["filename"].(string) + `","etag":"` + sum("a") + `"}`)
	require.Equal(t, false, missing["success"])
	require.Contains(t, missing["error"], "was not uploaded")
	status, _ = i.upload(begun["upload_url"].(string)+"x", "a")
	require.Equal(t, 404, status)
}
