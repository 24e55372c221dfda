package api_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/local/account"
	"crane/internal/local/api"
	"crane/internal/local/store"
)

func TestUpload(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	id := c.database("notes")
	put := c.put("hello", saying("env.TEXT + env.JSON.a + env.KEY + (await env.DB.prepare('SELECT 7 AS n').first()).n"), `,
		"compatibility_flags":["nodejs_compat"],"tags":["a"],"placement":{"mode":""},"bindings":[
		{"name":"TEXT","type":"plain_text","text":"t"},{"name":"JSON","type":"json","json":{"a":[1]}},
		{"name":"KEY","type":"secret_text","text":"hush"},{"name":"DB","type":"d1","id":"`+id+`"},
		{"name":"ME","type":"service","service":"hello"}]`).object(t)
	require.Regexp(t, `^[0-9a-f]{32}$`, put["deployment_id"])
	require.Regexp(t, `\.\d{6}Z$`, put["created_on"])
	require.Positive(t, put["startup_time_ms"])
	require.Equal(t, "hello", put["id"])
	require.Equal(t, "api", put["last_deployed_from"])
	require.Equal(t, put, c.call("GET", "/workers/scripts", "").list(t)[0])
	service := c.call("GET", "/workers/services/hello", "").object(t)
	require.Equal(t, put, service["default_environment"].(map[string]any)["script"])

	status, _ := c.get("hello", "/")
	require.Equal(t, 404, status, "the route is off at first")
	require.JSONEq(t, `{"enabled":true,"previews_enabled":false}`, string(c.call("POST", "/workers/scripts/hello/subdomain", `{"enabled":true}`).Result))
	status, body := c.get("hello", "/")
	require.Equal(t, 200, status, body)
	require.Equal(t, "t1hush7", body)

	bindings := string(c.call("GET", "/workers/scripts/hello/bindings", "").Result)
	require.JSONEq(t, `[{"name":"TEXT","type":"plain_text","text":"t"},{"name":"JSON","type":"json","json":{"a":[1]}},
		{"name":"KEY","type":"secret_text"},{"name":"DB","type":"d1","id":"`+id+`","database_id":"`+id+`"},
		{"name":"ME","type":"service","service":"hello","environment":"production"}]`, bindings)
	settings := c.call("GET", "/workers/scripts/hello/settings", "").object(t)
	require.Contains(t, settings["bindings"], map[string]any{"name": "DB", "type": "d1", "id": id})
	require.Equal(t, []any{"nodejs_compat"}, settings["compatibility_flags"])
	require.Equal(t, []any{"a"}, settings["tags"])

	require.JSONEq(t, `{"enabled":false,"previews_enabled":false}`, string(c.call("DELETE", "/workers/scripts/hello/subdomain", "").Result))
	status, _ = c.get("hello", "/")
	require.Equal(t, 404, status)
}

func TestUploadRefused(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.route("x", saying("'old' + env.KEY"), `,"bindings":[{"name":"KEY","type":"secret_text","text":"k"}]`)
	before := c.state()
	ok := saying("'new'")
	cases := map[string]struct {
		code, metadata string
		status, number int
		text           string
	}{
		"throws":           {"throw new Error('no start')", "", 400, 10021, "no start"},
		"syntax":           {"export default {", "", 400, 10021, "SyntaxError"},
		"no import":        {"import 'nowhere'", "", 400, 10021, "nowhere"},
		"database":         {ok, `,"bindings":[{"name":"DB","type":"d1","id":"0"}]`, 400, 10181, "D1 binding 'DB' references database '0' which was not found"},
		"database id":      {ok, `,"bindings":[{"name":"DB","type":"d1"}]`, 400, 10021, "binding DB of type d1 must have a valid `id` specified"},
		"service":          {ok, `,"bindings":[{"name":"S","type":"service","service":"other"}]`, 400, 10143, "Target script 'other' not found"},
		"twice":            {ok, `,"bindings":[{"name":"A","type":"plain_text","text":"1"},{"name":"A","type":"plain_text","text":"2"}]`, 400, 10053, "'A' already in use"},
		"secret's name":    {ok, `,"bindings":[{"name":"KEY","type":"plain_text","text":"1"}]`, 400, 10053, "'KEY' already in use"},
		"long text":        {ok, `,"bindings":[{"name":"A","type":"plain_text","text":"` + strings.Repeat("a", 5121) + `"}]`, 400, 10054, "has 5121 bytes"},
		"many texts":       {ok, `,"bindings":[` + many(128) + `]`, 400, 10055, "has 129 text bindings"},
		"unknown kind":     {ok, `,"bindings":[{"name":"Q","type":"queue","queue_name":"q"}]`, 400, 10021, `no bindings of type "queue"`},
		"no name":          {ok, `,"bindings":[{"type":"plain_text","text":"1"}]`, 400, 10021, "has no name"},
		"no json":          {ok, `,"bindings":[{"name":"J","type":"json"}]`, 400, 10021, "must have a valid `json`"},
		"no text":          {ok, `,"bindings":[{"name":"T","type":"plain_text"}]`, 400, 10021, "must have a valid `text`"},
		"durable object":   {ok, `,"migrations":{"new_tag":"v1"}`, 400, 10021, "no Durable Objects"},
		"assets":           {ok, `,"assets":{"jwt":"x"}`, 400, 10021, "no static assets"},
		"no main":          {ok, `,"main_module":"other.mjs"`, 400, 10021, `no such module "other.mjs"`},
		"service worker":   {ok, `,"body_part":"script"`, 400, 10021, "ES modules only"},
		"broken metadata":  {ok, `,`, 400, 7400, "malformed"},
		"compatibility":    {ok, `,"compatibility_flags":["no_such_flag"]`, 400, 10021, "no_such_flag"},
		"named entrypoint": {ok, `,"bindings":[{"name":"S","type":"service","service":"x","entrypoint":"E"}]`, 400, 10021, "no named entrypoints"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c.put("x", tc.code, tc.metadata).refused(t, tc.status, tc.number, tc.text)
			c.upload("POST", "/workers/scripts/x/versions", tc.code, tc.metadata).refused(t, tc.status, tc.number, tc.text)
		})
	}
	c.put("Not-A-Name", ok, "").refused(t, 400, 10016, "invalid_script_name")
	c.call("PUT", "/workers/scripts/x", "export default {}").refused(t, 400, 7400, "multipart")
	c.put("x", ok, `,"bindings":[{"name":"OLD","type":"inherit"}]`).object(t)
	require.NotEqual(t, before, c.state(), "without strict a missing inherited binding is left out")
	before = c.state()
	c.upload("PUT", "/workers/scripts/x?bindings_inherit=strict", ok, `,"bindings":[{"name":"OLD","type":"inherit"}]`).refused(t, 400, 10057, `"OLD" is not bound`)
	require.Equal(t, before, c.state())
	_, body := c.get("x", "/")
	require.Equal(t, "new", body)
}

func many(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`{"name":"T%d","type":"plain_text","text":""}`, i))
	}
	return strings.Join(all, ",")
}

func TestUploadTooLarge(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	noise := make([]byte, 11<<20)
	_, _ = rand.Read(noise)
	contentType, body := form(t, "metadata", `{"main_module":"a.txt"}`, map[string]string{"a.txt": string(noise)})
	path := "/accounts/" + account.Staging.ID + "/workers/scripts/x"
	c.send(account.Staging.Token, "PUT", path, contentType, body).refused(t, 413, 10027, "exceeded the size limit of 10 MiB")
	require.Empty(t, c.state())
}

// TestUploadCut sends ever longer beginnings of an upload and hangs up.
func TestUploadCut(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.route("x", saying("'old'"), "")
	before := c.state()
	contentType, whole := form(t, "metadata", `{"main_module":"worker.mjs"}`, map[string]string{"worker.mjs": saying("'new'")})
	head := fmt.Sprintf("PUT %s/accounts/%s/workers/scripts/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
		api.Prefix, account.Staging.ID, account.Staging.Token, contentType, whole.Len())
	for length := 0; length < whole.Len(); length += 40 {
		conn, err := net.Dial("tcp", c.api.Listener.Addr().String())
		require.NoError(t, err)
		_, err = conn.Write(append([]byte(head), whole.Bytes()[:length]...))
		require.NoError(t, err)
		require.NoError(t, conn.(*net.TCPConn).CloseWrite())
		_, _ = io.ReadAll(conn) // an answer or none
		require.NoError(t, conn.Close())
	}
	require.Equal(t, before, c.state())
	_, body := c.get("x", "/")
	require.Equal(t, "old", body)
}

func TestContent(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	modules := map[string]string{"lib/text.txt": "words", "worker.mjs": "import t from './lib/text.txt'; export default { fetch() { return new Response(t) } }"}
	contentType, body := form(t, "metadata", `{"main_module":"worker.mjs","compatibility_date":"2026-06-01"}`, modules)
	c.send(account.Staging.Token, "PUT", "/accounts/"+account.Staging.ID+"/workers/scripts/x", contentType, body).object(t)
	c.call("POST", "/workers/scripts/x/subdomain", `{"enabled":true}`).object(t)
	_, said := c.get("x", "/")
	require.Equal(t, "words", said)
	for _, path := range []string{"", "/content", "/content/v2"} {
		request, err := http.NewRequest("GET", c.api.URL+api.Prefix+"/accounts/"+account.Staging.ID+"/workers/scripts/x"+path, nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+account.Staging.Token)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		defer response.Body.Close()
		require.Equal(t, "worker.mjs", response.Header.Get("Cf-Entrypoint"))
		_, params, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
		require.NoError(t, err)
		read, err := multipart.NewReader(response.Body, params["boundary"]).ReadForm(1 << 20)
		require.NoError(t, err)
		require.Len(t, read.File, 2)
		first, err := read.File["worker.mjs"][0].Open()
		require.NoError(t, err)
		text, err := io.ReadAll(first)
		require.NoError(t, err)
		require.Equal(t, modules["worker.mjs"], string(text))
	}
}

func TestNoWorker(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for _, request := range []string{
		"GET ", "DELETE ", "GET /bindings", "GET /settings", "PATCH /script-settings", "GET /script-settings", "GET /subdomain",
		"POST /subdomain", "DELETE /subdomain", "GET /schedules", "PUT /schedules", "GET /secrets", "GET /secrets/A", "DELETE /secrets/A",
		"GET /versions", "GET /versions/1", "GET /deployments", "GET /deployments/1", "GET /references", "GET /content/v2",
	} {
		method, path, _ := strings.Cut(request, " ")
		body := "{}"
		if path == "/schedules" {
			body = "[]"
		}
		c.call(method, "/workers/scripts/none"+path, body).refused(t, 404, 10007, "This Worker does not exist on your account.")
	}
	c.call("PUT", "/workers/scripts/none/secrets", `{"name":"A","text":"x"}`).refused(t, 404, 10007, "does not exist")
	c.upload("POST", "/workers/scripts/none/versions", saying("1"), "").refused(t, 404, 10007, "does not exist")
	c.call("GET", "/workers/workers/none", "").refused(t, 404, 10007, "does not exist")
	require.Empty(t, c.state())
}

// TestRestart shows that everything is there again, running, after the process
// has gone.
func TestRestart(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	id := c.database("notes")
	c.rows(id, "CREATE TABLE a AS SELECT 5 AS n")
	c.route("x", saying("(await env.DB.prepare('SELECT n FROM a').first()).n + env.KEY"),
		`,"bindings":[{"name":"DB","type":"d1","id":"`+id+`"},{"name":"KEY","type":"secret_text","text":"k"}]`)
	c.call("PUT", "/workers/scripts/x/schedules", `[{"cron":"0 * * * *"}]`).object(t)
	before := c.state()
	shown := c.call("GET", "/workers/services/x", "")
	c.stop()
	c.start()
	_, body := c.get("x", "/")
	require.Equal(t, "5k", body)
	require.Equal(t, shown, c.call("GET", "/workers/services/x", ""))
	require.Contains(t, string(c.call("GET", "/workers/scripts/x/schedules", "").Result), "0 * * * *")
	require.Equal(t, before, c.state())
}

// TestTwoAtOnce uploads to one script and to others at the same time.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			r := c.put(fmt.Sprintf("w%d", i%2), saying(fmt.Sprintf("'%d'", i)), "")
			if !r.Success {
				t.Error(r.Errors)
			}
		})
		group.Go(func() { c.call("POST", "/d1/database", `{"name":"one"}`) })
	}
	group.Wait()
	require.Len(t, c.call("GET", "/d1/database", "").list(t), 1)
	for _, name := range []string{"w0", "w1"} {
		require.Len(t, c.call("GET", "/workers/scripts/"+name+"/versions", "").object(t)["items"], 3)
	}
}

// TestDamagedStore shows that a script that cannot be read is not forgotten in
// silence.
func TestDamagedStore(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.put("x", saying("1"), "").object(t)
	blobs, err := filepath.Glob(filepath.Join(c.dir, "blobs", "*"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(blobs[0], []byte("other"), 0o600))
	state, err := store.Open(c.dir)
	require.NoError(t, err)
	_, err = api.New(api.Config{Store: state, Runtime: c.runtime, Accounts: account.All()})
	require.ErrorIs(t, err, store.ErrDamaged)
	require.ErrorContains(t, err, "script x of account "+account.Staging.ID)
	require.Equal(t, "crane local reset", hint.Of(err))
}
