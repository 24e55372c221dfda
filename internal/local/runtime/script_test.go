package runtime

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBindingsReachTheScript(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rt := start(t, Config{Dir: dir})
	awkward := "quote \" backslash \\ newline\n tab\t é 語 \x01 end"
	s := script("a", `
		import text from './t.txt'; import data from './d.json';
		import { helper } from './lib/helper.js';
		export default { async fetch(r, env) {
			return Response.json({ var: env.VAR, secret: env.SECRET, json: env.JSON, text, data, helped: helper(), names: Object.keys(env).sort() });
		} }`,
		Binding{Name: "VAR", Type: "plain_text", Text: awkward},
		Binding{Name: "SECRET", Type: "secret_text", Text: "s3cr3t"},
		Binding{Name: "JSON", Type: "json", JSON: json.RawMessage(`{"a":["\"\n",1]}`)})
	s.Modules = append([]Module{
		{Name: "t.txt", Type: "text", Content: []byte("line\n")},
		{Name: "d.json", Type: "json", Content: []byte(`{"b":2}`)},
		{Name: "lib/helper.js", Type: "esm", Content: []byte(`export const helper = () => 'yes'`)},
	}, s.Modules...)
	serve(rt, s)
	status, text := get(t, rt, "a.localhost", "/")
	require.Equal(t, 200, status, text)
	want, err := json.Marshal(map[string]any{
		"var": awkward, "secret": "s3cr3t", "json": map[string]any{"a": []any{"\"\n", 1}}, "text": "line\n",
		"data": map[string]any{"b": 2}, "helped": "yes", "names": []string{"JSON", "SECRET", "VAR"},
	})
	require.NoError(t, err)
	require.JSONEq(t, string(want), text)

	left, err := os.ReadDir(filepath.Join(dir, "starting"))
	require.NoError(t, err)
	require.Empty(t, left, "no file with a secret stays")
}

func TestD1Binding(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	ask(t, rt, "CREATE TABLE t (a UNIQUE)")
	serve(rt, script("a", `export default { async fetch(r, env) {
		const sql = decodeURIComponent(new URL(r.url).pathname.slice(1));
		try { return Response.json((await env.DB.prepare(sql).all()).results); } catch (e) { return new Response(e.message) }
	} }`, Binding{Name: "DB", Type: "d1", DatabaseID: "db"}))

	_, text := get(t, rt, "a.localhost", "/INSERT%20INTO%20t%20VALUES%20(1)%20RETURNING%20a")
	require.JSONEq(t, `[{"a":1}]`, text)
	require.Equal(t, [][]any{{json.Number("1")}}, ask(t, rt, "SELECT a FROM t"))
	_, text = get(t, rt, "a.localhost", "/SELECT%20*%20FROM%20nope")
	require.Equal(t, "D1_ERROR: no such table: nope: SQLITE_ERROR", text)

	require.NoError(t, rt.engine.proc.cmd.Process.Kill())
	require.True(t, rt.engine.proc.endsWithin(5*time.Second))
	_, text = get(t, rt, "a.localhost", "/SELECT%20a%20FROM%20t")
	require.JSONEq(t, `[{"a":1}]`, text, "the engine came back")
}

func TestServiceBindingFollowsRedeploys(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	back := func(version string) Script {
		return script("back", `export default { async fetch(r) {
			return Response.json({version: '`+version+`', url: r.url, method: r.method, body: await r.text(), headers: [...r.headers.keys()].filter(n => n != 'content-length').sort()});
		} }`)
	}
	serve(rt, script("front", `export default { fetch(r, env) {
		return env.BACK.fetch('https://context.example/p?a;b=1', {method: 'POST', body: 'hello', headers: {'X-Forwarded-For': 'x', 'Crane-Local-Target': 'd1/db', 'Crane-Local-Key': 'k'}});
	} }`, Binding{Name: "BACK", Type: "service", Service: "back"}))

	status, text := get(t, rt, "front.localhost", "/")
	require.Equal(t, 404, status)
	require.Equal(t, "there is no Worker back\n", text)
	for _, version := range []string{"one", "two"} {
		rt.Deploy(back(version))
		_, text := get(t, rt, "front.localhost", "/")
		require.JSONEq(t, `{"version":"`+version+`","url":"https://context.example/p?a;b=1","method":"POST","body":"hello",
			"headers":["content-type","host","x-forwarded-for"]}`, text)
	}
	status, _ = get(t, rt, "back.localhost", "/")
	require.Equal(t, 404, status, "its route is off")
}

func TestRedeployLosesNoRequest(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	version := func(v string) Script {
		return script("a", `export default { async fetch() { await scheduler.wait(20); return new Response('`+v+`') } }`)
	}
	serve(rt, version("0"))
	var asked atomic.Int64
	var clients sync.WaitGroup
	stop := make(chan struct{})
	for range 8 {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if status, text := get(t, rt, "a.localhost", "/"); status != 200 {
					t.Errorf("answered %d %s", status, text)
				}
				asked.Add(1)
			}
		})
	}
	for _, v := range []string{"1", "2", "3"} {
		before := asked.Load()
		require.Eventually(t, func() bool { return asked.Load() > before+10 }, 20*time.Second, 10*time.Millisecond)
		rt.Deploy(version(v))
	}
	_, text := get(t, rt, "a.localhost", "/")
	require.Equal(t, "3", text)
	close(stop)
	clients.Wait()
}

func TestCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rt := start(t, Config{Dir: dir})
	startup, err := rt.Check(t.Context(), script("a", `export default { fetch() { return new Response("hi") } }`))
	require.NoError(t, err)
	require.Positive(t, startup)

	future := script("a", `export default {}`)
	future.CompatibilityDate = "2999-01-01"
	flag := script("a", `export default {}`)
	flag.CompatibilityFlags = []string{"nope"}
	main := script("a", `export default {}`)
	main.Main = "worker.js"
	for want, s := range map[string]Script{
		"Uncaught Error: at start":                                 script("a", `throw new Error("at start")`),
		"Uncaught SyntaxError: missing ) after argument list":      script("a", `export default { fetch() { return new Response("x" } }`),
		`No such module "nope"`:                                    script("a", `import "nope"; export default {}`),
		`Can't set compatibility date in the future: "2999-01-01"`: future,
		"No such compatibility flag: nope":                         flag,
		`No such module "worker.js"`:                               main,
	} {
		_, err := rt.Check(t.Context(), s)
		var refused *StartError
		require.ErrorAs(t, err, &refused, want)
		require.Contains(t, refused.Message, want)
		require.NotContains(t, refused.Message, "service ")
	}
	require.Len(t, children(t, dir), 1, "only the engine is left")
	status, _ := get(t, rt, "a.localhost", "/")
	require.Equal(t, 404, status, "a check deploys nothing")
}

func TestUnknownTypesAreRefused(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	_, err := rt.Check(t.Context(), script("a", "", Binding{Name: "KV", Type: "kv_namespace"}))
	require.ErrorIs(t, err, ErrUnsupported)
	require.ErrorContains(t, err, `binding KV of type "kv_namespace"`)
	s := script("a", "")
	s.Modules[0].Type = "python"
	_, err = rt.Check(t.Context(), s)
	require.EqualError(t, err, `module index.js of type "python": not supported by the local runtime`)
}

func TestScheduled(t *testing.T) {
	t.Parallel()
	log := &output{}
	rt := start(t, Config{Log: log})
	rt.Deploy(script("a", `export default { async scheduled(e, env) {
		if (e.cron === 'bad') throw new Error('cannot');
		await env.DB.prepare('CREATE TABLE fired AS SELECT ? AS cron, ? AS at').bind(e.cron, e.scheduledTime).run();
	} }`, Binding{Name: "DB", Type: "d1", DatabaseID: "db"}))
	at := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

	outcome, err := rt.Scheduled(t.Context(), account, "a", "0 */6 * * *", at)
	require.NoError(t, err)
	require.Equal(t, "ok", outcome)
	require.Equal(t, [][]any{{"0 */6 * * *", json.Number("1795413600000")}}, ask(t, rt, "SELECT cron, CAST(at AS INTEGER) FROM fired"))

	outcome, err = rt.Scheduled(t.Context(), account, "a", "bad", at)
	require.NoError(t, err)
	require.Equal(t, "exception", outcome)

	_, err = rt.Scheduled(t.Context(), account, "b", "bad", at)
	require.ErrorIs(t, err, ErrNoScript)
}

func TestScheduledFromOutside(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	rt.Deploy(script("a", `let last = "";
export default {
	scheduled(e) { last = e.cron + " " + e.scheduledTime; if (e.cron === "bad") throw new Error("cannot") },
	fetch() { return new Response(last) },
}`))
	status, _ := get(t, rt, "a.localhost", firePath)
	require.Equal(t, 404, status, "its route is off")
	rt.SetRoute(account, "a", true)
	status, text := get(t, rt, "a.localhost", firePath+"?cron=0+*/6+*+*+*&time=1700000000000")
	require.Equal(t, 200, status, text)
	require.Equal(t, "ok\n", text)
	_, text = get(t, rt, "a.localhost", "/")
	require.Equal(t, "0 */6 * * * 1700000000000", text)
	status, text = get(t, rt, "a.localhost", firePath+"?cron=bad")
	require.Equal(t, 500, status)
	require.Equal(t, "exception\n", text)
}

func TestCrashedProcessStartsAgain(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	serve(rt, script("a", `let n = 0; export default { async fetch(r) {
		if (r.url.endsWith('/wait')) await scheduler.wait(10000);
		return new Response(String(++n)) } }`))
	_, text := get(t, rt, "a.localhost", "/")
	require.Equal(t, "1", text)

	process := rt.instances[slot{account, "a"}].current()
	time.AfterFunc(100*time.Millisecond, func() { _ = process.cmd.Process.Kill() })
	status, text := get(t, rt, "a.localhost", "/wait")
	require.Equal(t, 502, status)
	require.Equal(t, "the process of Worker a stopped while it answered; the next request starts it again\n", text)
	_, text = get(t, rt, "a.localhost", "/")
	require.Equal(t, "1", text, "a new process counts from the start")
}

func TestAThrowingWorkerIsNamed(t *testing.T) {
	t.Parallel()
	log := &output{}
	rt := start(t, Config{Log: log})
	serve(rt, script("a", `export default { fetch() { throw new TypeError("boo") } }`))
	status, text := get(t, rt, "a.localhost", "/")
	require.Equal(t, 500, status)
	require.Equal(t, "error code: 1101\na threw TypeError: boo\n", text)
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "a: TypeError: boo") }, 5*time.Second, 10*time.Millisecond)

	serve(rt, script("b", `throw new Error("at start")`))
	status, text = get(t, rt, "b.localhost", "/")
	require.Equal(t, 502, status)
	require.Contains(t, text, "Worker b: workerd did not start: Uncaught Error: at start")
}
