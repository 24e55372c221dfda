package api_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
	"crane/internal/local/api"
)

// wrangler is a folder from which the real wrangler speaks to a cloud.
type wrangler struct {
	cloud *cloud
	dir   string
}

func newWrangler(t *testing.T, files map[string]string) wrangler {
	t.Helper()
	w := wrangler{newCloud(t), t.TempDir()}
	for name, text := range files {
		w.write(t, name, text)
	}
	return w
}

func (w wrangler) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(w.dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

// run runs one command and returns all it printed.
func (w wrangler) run(t *testing.T, input string, args ...string) (string, error) {
	t.Helper()
	path, err := filepath.Abs("../../../workers/node_modules/wrangler/bin/wrangler.js")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", append([]string{path}, args...)...)
	cmd.Dir = w.dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "XDG_CONFIG_HOME=" + w.dir, "CI=1", "NO_COLOR=1",
		"WRANGLER_SEND_METRICS=false", "CLOUDFLARE_API_BASE_URL=" + w.cloud.api.URL + api.Prefix,
		"CLOUDFLARE_API_TOKEN=" + account.Staging.Token, "CLOUDFLARE_ACCOUNT_ID=" + account.Staging.ID,
	}
	stdin, err := os.CreateTemp(w.dir, "stdin")
	require.NoError(t, err)
	defer stdin.Close()
	_, err = stdin.WriteString(input)
	require.NoError(t, err)
	_, err = stdin.Seek(0, 0)
	require.NoError(t, err)
	cmd.Stdin = stdin
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// must runs a command that has to succeed and to print something.
func (w wrangler) must(t *testing.T, want string, args ...string) string {
	t.Helper()
	text, err := w.run(t, "", args...)
	require.NoError(t, err, text)
	require.Contains(t, text, want)
	return text
}

const workerConfig = `{
  "name": "caller", "main": "src/index.js", "compatibility_date": "2026-06-01", "workers_dev": true,
  "vars": {"GREETING": "hello"}, "triggers": {"crons": ["0 */6 * * *"]},
  "d1_databases": [{"binding": "DB", "database_name": "notes"}],
  "services": [{"binding": "OTHER", "service": "other"}]
}`

const workerCode = `export default {
  async fetch(request, env) {
    const row = await env.DB.prepare("SELECT 1 + 1 AS two").first()
    const other = await (await env.OTHER.fetch(request)).text()
    return Response.json({ greeting: env.GREETING, secret: env.SECRET ?? null, two: row.two, other })
  },
  async scheduled() {},
}`

func TestWranglerWhoami(t *testing.T) {
	t.Parallel()
	text := newWrangler(t, nil).must(t, account.Staging.ID, "whoami")
	require.Contains(t, text, account.Staging.Name)
	require.NotContains(t, text, account.Production.ID)
}

func TestWranglerDatabase(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, nil)
	w.must(t, "Successfully created DB 'notes'", "d1", "create", "notes")
	w.must(t, `"name": "notes"`, "d1", "list", "--json")
	w.must(t, `"two": 2`, "d1", "execute", "notes", "--remote", "--command", "SELECT 1; SELECT 2 AS two")
	text, err := w.run(t, "", "d1", "execute", "notes", "--remote", "--command", "SELECT x FROM missing")
	require.Error(t, err)
	require.Contains(t, text, "no such table: missing")
	require.Contains(t, text, "[code: 7500]")
	w.must(t, `"num_tables": 0`, "d1", "info", "notes", "--json")
	w.must(t, "Deleted 'notes' successfully", "d1", "delete", "notes", "-y")
	require.Empty(t, w.cloud.call("GET", "/d1/database", "").list(t))
}

func TestWranglerFile(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, map[string]string{
		"seed.sql":   "CREATE TABLE notes (body TEXT);\nINSERT INTO notes VALUES ('a;b');\n",
		"broken.sql": "DELETE FROM notes;\nINSERT INTO nowhere VALUES (1);\n",
	})
	id := w.cloud.database("notes")
	text := w.must(t, "Executed 2 queries", "d1", "execute", "notes", "--remote", "-y", "--file", "seed.sql")
	require.Contains(t, text, "Database is currently at bookmark "+w.cloud.bookmark(id, ""))
	text, err := w.run(t, "", "d1", "execute", "notes", "--remote", "-y", "--file", "broken.sql")
	require.Error(t, err)
	require.Contains(t, text, "no such table: nowhere: SQLITE_ERROR")
	require.Equal(t, `[{"body":"a;b"}]`, w.cloud.rows(id, "SELECT body FROM notes"))
}

func TestWranglerExport(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, nil)
	id := w.cloud.database("notes")
	w.cloud.rows(id, "CREATE TABLE notes AS SELECT 'a;b' AS body")
	w.must(t, "Downloaded", "d1", "export", "notes", "--remote", "--no-schema", "--output", "dump.sql")
	dump, err := os.ReadFile(filepath.Join(w.dir, "dump.sql"))
	require.NoError(t, err)
	require.Equal(t, "PRAGMA defer_foreign_keys=TRUE;\nINSERT INTO \"notes\" (\"body\") VALUES('a;b');\n", string(dump))
	w.cloud.rows(id, "CREATE VIRTUAL TABLE f USING fts5(x)")
	text, err := w.run(t, "", "d1", "export", "notes", "--remote", "--output", "none.sql")
	require.Error(t, err)
	require.Contains(t, text, "D1 Export error: cannot export databases with Virtual Tables (fts5)")
	require.NoFileExists(t, filepath.Join(w.dir, "none.sql"))
}

func TestWranglerTimeTravel(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, nil)
	id := w.cloud.database("notes")
	w.cloud.rows(id, "CREATE TABLE notes AS SELECT 'kept' AS body")
	kept := w.cloud.bookmark(id, "")
	w.must(t, "The current bookmark is '"+kept+"'", "d1", "time-travel", "info", "notes")
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
	text, err := w.run(t, "", "d1", "time-travel", "restore", "notes", "--json", "--bookmark", "ffffffff"+kept[8:])
	require.Error(t, err)
	require.Contains(t, text, "there is no state with the bookmark")
	w.must(t, emptied, "d1", "time-travel", "restore", "notes", "--json", "--bookmark", emptied)
	require.Equal(t, `[]`, w.cloud.rows(id, "SELECT body FROM notes"))
}

func TestWranglerVersions(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, map[string]string{"wrangler.jsonc": `{"name": "caller"}`})
	w.cloud.route("caller", saying("'one'"), "")
	w.cloud.put("caller", saying("'two'"), `,"annotations":{"workers/message":"the second"}`).object(t)
	ids := w.cloud.versionIDs("caller")
	require.Len(t, ids, 2)
	text := w.must(t, "the second", "versions", "list")
	require.Contains(t, text, ids[0])
	require.Contains(t, text, ids[1])
	text = w.must(t, "(100%) "+ids[0], "deployments", "list")
	require.Contains(t, text, "(100%) "+ids[1])
	w.must(t, "Current Version ID: "+ids[1], "rollback", "-y", "-m", "back")
	_, body := w.cloud.get("caller", "/")
	require.Equal(t, "one", body)
	w.must(t, "SUCCESS", "rollback", ids[0], "-y")
	_, body = w.cloud.get("caller", "/")
	require.Equal(t, "two", body)
	text, err := w.run(t, "", "rollback", "00000000-0000-4000-8000-000000000000", "-y")
	require.Error(t, err)
	require.Contains(t, text, "[code: 10222]")
}

func TestWranglerMigrations(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, map[string]string{
		"migrations/0001_notes.sql": "CREATE TABLE notes (body TEXT);\nINSERT INTO notes VALUES ('a;b');\n",
		"migrations/0002_more.sql":  "INSERT INTO notes VALUES ('c');\nINSERT INTO nowhere VALUES (1);\n",
	})
	id := w.cloud.database("notes")
	w.write(t, "wrangler.jsonc", `{"name": "x", "d1_databases": [{"binding": "DB", "database_name": "notes", "database_id": "`+id+`"}]}`)
	w.must(t, "0002_more.sql", "d1", "migrations", "list", "notes", "--remote")
	text, err := w.run(t, "", "d1", "migrations", "apply", "notes", "--remote")
	require.Error(t, err)
	require.Contains(t, text, "no such table: nowhere")
	require.Equal(t, `[{"body":"a;b"}]`, w.cloud.rows(id, "SELECT body FROM notes"), "the second file left nothing")
	require.Equal(t, `[{"name":"0001_notes.sql"}]`, w.cloud.rows(id, "SELECT name FROM d1_migrations"))
	w.write(t, "migrations/0002_more.sql", "INSERT INTO notes VALUES ('c');\n")
	w.must(t, "0002_more.sql", "d1", "migrations", "apply", "notes", "--remote")
	require.Equal(t, `[{"n":2}]`, w.cloud.rows(id, "SELECT count(*) AS n FROM notes"))
}

func TestWranglerDeploy(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, map[string]string{"wrangler.jsonc": workerConfig, "src/index.js": workerCode})
	w.cloud.database("notes")
	text, err := w.run(t, "", "deploy")
	require.Error(t, err, "the service is not there")
	require.Contains(t, text, "Target script 'other' not found")
	require.Empty(t, w.cloud.call("GET", "/workers/scripts", "").list(t))

	require.True(t, w.cloud.put("other", saying("'other says hi'"), "").Success)
	w.must(t, "https://caller."+account.Staging.Subdomain+".workers.dev", "deploy")
	status, body := w.cloud.get("caller", "/")
	require.Equal(t, 200, status, body)
	require.JSONEq(t, `{"greeting":"hello","secret":null,"two":2,"other":"other says hi"}`, body)
	require.Contains(t, string(w.cloud.call("GET", "/workers/scripts/caller/schedules", "").Result), `"cron":"0 */6 * * *"`)

	w.write(t, "wrangler.jsonc", strings.ReplaceAll(workerConfig, "hello", "again"))
	w.must(t, "Current Version ID", "deploy")
	_, body = w.cloud.get("caller", "/")
	require.JSONEq(t, `{"greeting":"again","secret":null,"two":2,"other":"other says hi"}`, body)
	w.must(t, "SUCCESS", "rollback", "-y")
	_, body = w.cloud.get("caller", "/")
	require.Contains(t, body, "hello")
}

func TestWranglerSecrets(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, map[string]string{"wrangler.jsonc": workerConfig, "src/index.js": workerCode})
	w.cloud.database("notes")
	require.True(t, w.cloud.put("other", saying("'x'"), "").Success)
	require.True(t, w.cloud.put("caller", saying("'x'"), "").Success)
	text, err := w.run(t, "first value", "secret", "put", "SECRET")
	require.NoError(t, err, text)
	text = w.must(t, `"name": "SECRET"`, "secret", "list")
	require.NotContains(t, text, "first value")
	w.must(t, "Deployed", "deploy")
	_, body := w.cloud.get("caller", "/")
	require.Contains(t, body, `"secret":"first value"`, "a deploy keeps secrets")
	text, err = w.run(t, `{"SECRET":"second value","MORE":"m"}`, "secret", "bulk")
	require.NoError(t, err, text)
	_, body = w.cloud.get("caller", "/")
	require.Contains(t, body, `"secret":"second value"`)
	require.Contains(t, body, `"two":2`, "bulk keeps the other bindings")
	w.must(t, "Deleted secret SECRET", "secret", "delete", "SECRET")
	_, body = w.cloud.get("caller", "/")
	require.Contains(t, body, `"secret":null`)
}

func TestWranglerDelete(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, map[string]string{"wrangler.jsonc": `{"name": "other"}`})
	require.True(t, w.cloud.put("other", saying("'x'"), "").Success)
	require.True(t, w.cloud.put("caller", saying("'x'"), `,"bindings":[{"name":"O","type":"service","service":"other"}]`).Success)
	before := w.cloud.state()
	w.cloud.call("DELETE", "/workers/scripts/other", "").refused(t, 400, 10142, "bound as a service by caller")
	require.Equal(t, before, w.cloud.state())
	w.must(t, "Successfully deleted other", "delete", "--force")
	w.cloud.call("GET", "/workers/services/other", "").refused(t, 404, 10090, "service_not_found")
	w.cloud.call("GET", "/workers/services/caller", "").object(t)
}
