package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
)

// versionIDs are a script's versions, the newest first.
func (c *cloud) versionIDs(name string) (ids []string) {
	c.t.Helper()
	for _, v := range c.call("GET", "/workers/scripts/"+name+"/versions?deployable=true", "").object(c.t)["items"].([]any) {
		ids = append(ids, v.(map[string]any)["id"].(string))
	}
	return ids
}

func (c *cloud) promote(name, version, query string) reply {
	c.t.Helper()
	return c.call("POST", "/workers/scripts/"+name+"/deployments"+query,
		`{"strategy":"percentage","versions":[{"version_id":"`+version+`","percentage":100}],"annotations":{"workers/message":"m"}}`)
}

func TestVersions(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	id := c.database("notes")
	c.route("x", saying("'one'"), `,"bindings":[{"name":"DB","type":"d1","id":"`+id+`"}]`)
	made := c.upload("POST", "/workers/scripts/x/versions?bindings_inherit=strict", saying("'two' + !!env.DB"),
		`,"bindings":[{"name":"DB","type":"inherit"}],"annotations":{"workers/message":"second"}`).object(t)
	require.EqualValues(t, 2, made["number"])
	require.Positive(t, made["startup_time_ms"])
	require.Equal(t, map[string]any{"workers/message": "second"}, made["annotations"])
	resources := made["resources"].(map[string]any)
	require.Equal(t, []any{map[string]any{"name": "DB", "type": "d1", "id": id, "database_id": id}}, resources["bindings"])
	require.Equal(t, "2026-06-01", resources["script_runtime"].(map[string]any)["compatibility_date"])
	_, body := c.get("x", "/")
	require.Equal(t, "one", body, "an uploaded version does not answer yet")
	ids := c.versionIDs("x")
	require.Equal(t, made["id"], ids[0])
	require.Equal(t, made, c.call("GET", "/workers/scripts/x/versions/"+ids[0], "").object(t))

	before := c.state()
	c.call("PUT", "/workers/scripts/x/secrets", `{"name":"S","text":"s"}`).refused(t, 400, 10215, "isn't currently deployed")
	c.promote("x", "nonsense", "").refused(t, 404, 10222, "does not exist")
	c.call("POST", "/workers/scripts/x/deployments", `{"versions":[{"version_id":"`+ids[0]+`","percentage":50},{"version_id":"`+ids[1]+`","percentage":50}]}`).
		refused(t, 400, 7400, "one version at 100 percent")
	require.Equal(t, before, c.state())

	deployed := c.promote("x", ids[0], "").object(t)
	_, body = c.get("x", "/")
	require.Equal(t, "twotrue", body)
	all := c.call("GET", "/workers/scripts/x/deployments", "").object(t)["deployments"].([]any)
	require.Len(t, all, 2)
	require.Equal(t, deployed, all[0])
	require.Equal(t, deployed, c.call("GET", "/workers/scripts/x/deployments/"+deployed["id"].(string), "").object(t))
	c.call("GET", "/workers/scripts/x/deployments/0", "").refused(t, 404, 10222, "deployment does not exist")
	c.call("GET", "/workers/scripts/x/versions/0", "").refused(t, 404, 10222, "version does not exist")

	c.call("DELETE", "/d1/database/"+id, "")
	c.promote("x", ids[1], "").refused(t, 400, 10181, "was not found")
	_, body = c.get("x", "/")
	require.Equal(t, "twotrue", body)
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.route("x", saying("env.A + env.B"), `,"bindings":[{"name":"A","type":"plain_text","text":"a"}]`)
	put := c.call("PUT", "/workers/scripts/x/secrets", `{"name":"B","text":"hush","type":"secret_text"}`)
	require.JSONEq(t, `{"name":"B","type":"secret_text"}`, string(put.Result))
	_, body := c.get("x", "/")
	require.Equal(t, "ahush", body)
	c.put("x", saying("env.A + env.B"), `,"bindings":[{"name":"A","type":"plain_text","text":"z"}]`).object(t)
	_, body = c.get("x", "/")
	require.Equal(t, "zhush", body, "an upload keeps the secrets that it does not name")
	c.put("x", saying("env.A + env.B"), `,"keep_bindings":["plain_text"]`).object(t)
	_, body = c.get("x", "/")
	require.Equal(t, "zhush", body, "and other bindings when told to")
	for _, path := range []string{"/secrets", "/secrets/B", "/settings", "/bindings", "/versions"} {
		require.NotContains(t, string(c.call("GET", "/workers/scripts/x"+path, "").Result), "hush")
	}

	before := c.state()
	c.call("PUT", "/workers/scripts/x/secrets", `{"name":"A","text":"x"}`).refused(t, 400, 10053, "'A' already in use")
	c.call("PUT", "/workers/scripts/x/secrets", `{"text":"x"}`).refused(t, 400, 10021, "has to have a name")
	c.call("DELETE", "/workers/scripts/x/secrets/A", "").refused(t, 404, 10056, "Binding 'A' not found.")
	require.Equal(t, before, c.state())

	old := c.versionIDs("x")[0]
	c.call("PUT", "/workers/scripts/x/secrets", `{"name":"B","text":"newer"}`).object(t)
	c.promote("x", old, "").refused(t, 400, 10220, "B")
	c.promote("x", old, "?force=true").object(t)
	_, body = c.get("x", "/")
	require.Equal(t, "zhush", body)
	c.promote("x", c.versionIDs("x")[0], "").object(t)
	require.Equal(t, "null", string(c.call("DELETE", "/workers/scripts/x/secrets/B", "").Result))
	require.Equal(t, "[]", string(c.call("GET", "/workers/scripts/x/secrets", "").Result))
}

func TestSettings(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.route("x", saying("JSON.stringify(env)"), `,"bindings":[{"name":"A","type":"plain_text","text":"a"},{"name":"S","type":"secret_text","text":"s"}]`)
	patch := func(settings string) reply {
		contentType, body := form(t, "settings", settings, nil)
		return c.send(account.Staging.Token, "PATCH", "/accounts/"+account.Staging.ID+"/workers/scripts/x/settings", contentType, body)
	}
	patched := patch(`{"bindings":[{"name":"A","type":"plain_text"},{"name":"N","type":"secret_text","text":"n"}],"compatibility_date":"2026-05-01","logpush":true}`).object(t)
	require.Equal(t, "2026-05-01", patched["compatibility_date"])
	require.Equal(t, true, patched["logpush"])
	_, body := c.get("x", "/")
	require.JSONEq(t, `{"A":"a","N":"n"}`, body, "the bindings that are sent are all there are")
	before := c.state()
	patch(`{"bindings":[{"name":"Z","type":"inherit"}]}`).refused(t, 400, 10057, `"Z" is not bound`)
	patch(`{"compatibility_flags":["no_such_flag"]}`).refused(t, 400, 10021, "no_such_flag")
	require.Equal(t, before, c.state())

	versions := len(c.versionIDs("x"))
	changed := c.call("PATCH", "/workers/scripts/x/script-settings", `{"observability":{"enabled":true},"tags":["t"]}`).object(t)
	require.Equal(t, map[string]any{"enabled": true}, changed["observability"])
	require.Equal(t, changed, c.call("GET", "/workers/scripts/x/script-settings", "").object(t))
	require.Len(t, c.versionIDs("x"), versions, "script settings make no version")
	require.Equal(t, changed["tags"], c.call("GET", "/workers/workers/x", "").object(t)["tags"])
}

func TestSchedules(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.route("x", saying("1"), "")
	put := c.call("PUT", "/workers/scripts/x/schedules", `[{"cron":"0 */6 * * *"},{"cron":"*/5 * * * *"}]`).object(t)
	require.Equal(t, put, c.call("GET", "/workers/scripts/x/schedules", "").object(t))
	before := c.state()
	c.call("PUT", "/workers/scripts/x/schedules", `[{"cron":"0 25 * * *"}]`).refused(t, 400, 10100, "invalid cron string")
	require.Equal(t, before, c.state())
	again := c.call("PUT", "/workers/scripts/x/schedules", `[{"cron":"*/5 * * * *"},{"cron":"*/5 * * * *"}]`).object(t)
	require.Equal(t, put["schedules"].([]any)[1:], again["schedules"], "one that was there keeps its date")
	require.Equal(t, map[string]any{"schedules": []any{}}, c.call("PUT", "/workers/scripts/x/schedules", `[]`).object(t))
}

func TestDelete(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.route("x", saying("1"), "")
	references := c.call("GET", "/workers/scripts/x/references", "").object(t)
	require.Equal(t, map[string]any{"incoming": []any{}, "outgoing": []any{}, "pages_function": false}, references["services"])
	require.Empty(t, c.call("GET", "/workers/tails/by-consumer/x", "").list(t))
	c.call("DELETE", "/workers/scripts/x", "").object(t)
	status, _ := c.get("x", "/")
	require.Equal(t, 404, status)
	require.Empty(t, c.call("GET", "/workers/scripts", "").list(t))
	c.call("DELETE", "/workers/scripts/x", "").refused(t, 404, 10007, "does not exist")
	c.put("x", saying("2"), "").object(t)
	require.JSONEq(t, `{"enabled":false,"previews_enabled":false}`, string(c.call("GET", "/workers/scripts/x/subdomain", "").Result), "a new one begins anew")
}
