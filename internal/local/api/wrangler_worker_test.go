package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
)

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

// script is a path of the script caller.
func script(method, path string) string { return method + " workers/scripts/caller" + path }

func TestWranglerDeploy(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, map[string]string{"wrangler.jsonc": workerConfig, "src/index.js": workerCode})
	w.cloud.database("notes")
	w.fails(t, "Target script 'other' not found", "deploy")

	require.True(t, w.cloud.put("other", saying("'other says hi'"), "").Success)
	w.cloud.asked.take()
	text := w.must(t, "https://caller."+account.Staging.Subdomain+".workers.dev", "deploy")
	route := []string{"GET workers/subdomain", script("GET", "/subdomain"), script("POST", "/subdomain"), script("PUT", "/schedules")}
	look := []string{"GET workers/services/caller", script("GET", "/deployments"), script("GET", "/settings")}
	asked := w.asked()
	require.Equal(t, append(append(look, script("PUT", "?excludeScript=true&bindings_inherit=strict")), route...), withoutName(asked))
	for _, want := range []string{"Uploaded caller", "Worker Startup Time: ", "env.DB (notes)", "env.OTHER (other)", `env.GREETING ("hello")`, "schedule: 0 */6 * * *"} {
		require.Contains(t, text, want)
	}
	first := w.cloud.versionIDs("caller")[0]
	require.Contains(t, text, "Current Version ID: "+first)
	status, body := w.cloud.get("caller", "/")
	require.Equal(t, 200, status, body)
	require.JSONEq(t, `{"greeting":"hello","secret":null,"two":2,"other":"other says hi"}`, body)
	require.Contains(t, string(w.cloud.call("GET", "/workers/scripts/caller/schedules", "").Result), `"cron":"0 */6 * * *"`)

	w.write(t, "wrangler.jsonc", strings.ReplaceAll(workerConfig, "hello", "again"))
	w.cloud.asked.take()
	text = w.must(t, "Deployed caller triggers", "deploy")
	asked = w.asked()
	upload := []string{script("POST", "/versions?bindings_inherit=strict"), script("POST", "/deployments"), script("PATCH", "/script-settings")}
	require.Equal(t, append(append(look, upload...), route...), withoutName(asked))
	second := w.cloud.versionIDs("caller")[0]
	require.Contains(t, text, "Current Version ID: "+second)
	_, body = w.cloud.get("caller", "/")
	require.JSONEq(t, `{"greeting":"again","secret":null,"two":2,"other":"other says hi"}`, body)

	w.cloud.asked.take()
	w.must(t, "Worker Version "+first+" has been deployed to 100% of traffic.", "rollback", "-y")
	all := w.cloud.asked.take()
	require.Equal(t, []string{
		script("GET", "/deployments"), script("GET", "/versions/"+second), script("GET", "/deployments"),
		script("GET", "/versions/"+first), script("POST", "/deployments"),
	}, calls(all))
	require.JSONEq(t, `{"strategy":"percentage","versions":[{"version_id":"`+first+`","percentage":100}],"annotations":{"workers/message":"Rollback"}}`,
		called(all, script("POST", "/deployments")).body)
	_, body = w.cloud.get("caller", "/")
	require.Contains(t, body, "hello")
}

// withoutName leaves out the questions about the database of which the
// configuration has the name only.
func withoutName(asked []string) (rest []string) {
	for _, call := range asked {
		if !strings.Contains(call, "d1/database") {
			rest = append(rest, call)
		}
	}
	return rest
}

func TestWranglerVersions(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, map[string]string{"wrangler.jsonc": `{"name": "caller"}`})
	w.cloud.route("caller", saying("'one'"), "")
	w.fails(t, "Could not find stable Worker Version to rollback to.", "rollback", "-y")
	w.cloud.put("caller", saying("'two'"), `,"annotations":{"workers/message":"the second"}`).object(t)
	ids := w.cloud.versionIDs("caller")
	require.Len(t, ids, 2)

	w.cloud.asked.take()
	text := w.must(t, "Message:     the second", "versions", "list")
	require.Equal(t, []string{script("GET", "/versions?deployable=true")}, w.asked())
	require.Regexp(t, `(?s)Version ID:  `+ids[1]+`.*Author:      agent@localhost.*Version ID:  `+ids[0], text, "the newest last")
	text = w.must(t, "(100%) "+ids[0], "deployments", "list")
	require.ElementsMatch(t, []string{script("GET", "/deployments"), script("GET", "/versions/"+ids[0]), script("GET", "/versions/"+ids[1])}, w.asked())
	require.Contains(t, text, "(100%) "+ids[1])

	w.must(t, "Current Version ID: "+ids[1], "rollback", ids[1], "-y", "-m", "back")
	_, body := w.cloud.get("caller", "/")
	require.Equal(t, "one", body)
	deployed := w.cloud.call("GET", "/workers/scripts/caller/deployments", "").object(t)["deployments"].([]any)[0]
	require.Equal(t, map[string]any{"workers/message": "back"}, deployed.(map[string]any)["annotations"])
	w.fails(t, "The requested version does not exist. [code: 10222]", "rollback", "00000000-0000-4000-8000-000000000000", "-y")
}

func TestWranglerSecrets(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, map[string]string{"wrangler.jsonc": workerConfig, "src/index.js": workerCode})
	w.cloud.database("notes")
	require.True(t, w.cloud.put("other", saying("'x'"), "").Success)
	w.fails(t, `Worker "caller" not found.`, "secret", "list")

	w.cloud.asked.take()
	text, err := w.run(t, "first value", "secret", "put", "SECRET")
	require.NoError(t, err, text)
	require.Contains(t, text, `Creating new Worker "caller"...`)
	require.Contains(t, text, "Success! Uploaded secret SECRET")
	require.Equal(t, []string{script("PUT", "/secrets"), script("PUT", ""), script("PUT", "/secrets")}, w.asked())
	text = w.must(t, `"name": "SECRET"`, "secret", "list")
	require.Contains(t, text, `"type": "secret_text"`)
	require.NotContains(t, text, "first value")
	w.must(t, "Deployed", "deploy")
	_, body := w.cloud.get("caller", "/")
	require.Contains(t, body, `"secret":"first value"`, "a deploy keeps secrets")

	w.cloud.asked.take()
	text, err = w.run(t, `{"SECRET":"second value","MORE":"m"}`, "secret", "bulk")
	require.NoError(t, err, text)
	require.Contains(t, text, "2 secrets successfully uploaded")
	require.Equal(t, []string{script("GET", "/settings"), script("PATCH", "/settings")}, w.asked())
	_, body = w.cloud.get("caller", "/")
	require.Contains(t, body, `"secret":"second value"`)
	require.Contains(t, body, `"two":2`, "bulk keeps the other bindings")

	w.fails(t, "Binding 'NOPE' not found. [code: 10056]", "secret", "delete", "NOPE")
	w.cloud.asked.take()
	w.must(t, "Deleted secret SECRET", "secret", "delete", "SECRET")
	require.Equal(t, []string{script("DELETE", "/secrets/SECRET?url_encoded=true")}, w.asked())
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
	w.cloud.asked.take()
	w.must(t, "Successfully deleted other", "delete", "--force")
	require.Equal(t, []string{
		"DELETE workers/services/other?force=true", "GET storage/kv/namespaces?per_page=100&order=title&direction=asc&page=1",
	}, w.asked())
	w.cloud.call("GET", "/workers/services/other", "").refused(t, 404, 10090, "service_not_found")
	w.cloud.call("GET", "/workers/services/caller", "").object(t)
	w.fails(t, "This Worker does not exist on your account. [code: 10007]", "delete", "--force")
}
