package runtime

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// echo answers the URL and the names and values of the headers it saw.
const echo = `export default { fetch(r) { return Response.json({url: r.url, headers: Object.fromEntries(r.headers)}) } }`

func TestHosts(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	serve(rt, script("a-staging", `export default { fetch(r) { return new Response(r.url) } }`))
	for host, want := range map[string]int{
		"a-staging.localhost":      200,
		"a-staging.localhost:7702": 200,
		"A-Staging.LOCALHOST.":     200,
		"b.localhost":              404,
		"x.a-staging.localhost":    404,
		"localhost:7702":           404,
		".localhost":               404,
		"a-staging":                404,
		"a-staging.workers.dev":    404,
		"127.0.0.1:7702":           404,
		"[::1]:7702":               404,
		"":                         404,
	} {
		status, text := get(t, rt, host, "/p?q=%20;x")
		require.Equal(t, want, status, host)
		if want == 200 {
			require.True(t, strings.HasSuffix(text, "/p?q=%20;x"), text)
		} else {
			require.Contains(t, text, "there is nothing here")
		}
	}
}

func TestRouteOnAndOff(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	rt.Deploy(script("a", echo))
	status := func() int { s, _ := get(t, rt, "a.localhost", "/"); return s }
	require.Equal(t, 404, status(), "off at first")
	rt.SetRoute(account, "a", true)
	require.Equal(t, 200, status())
	rt.Deploy(script("a", echo))
	require.Equal(t, 200, status(), "kept by a redeploy")
	rt.SetRoute(account, "a", false)
	require.Equal(t, 404, status())
	rt.SetRoute(account, "a", true)
	rt.Remove(account, "a")
	require.Equal(t, 404, status())
	rt.Deploy(script("a", echo))
	require.Equal(t, 404, status(), "a removed script takes its route along")
}

func TestANameInTwoAccountsIsMisdirected(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	mine, theirs := script("a", echo), script("a", echo)
	theirs.Account = other
	serve(rt, mine)
	serve(rt, theirs)
	status, text := get(t, rt, "a.localhost", "/")
	require.Equal(t, http.StatusMisdirectedRequest, status)
	require.Equal(t, "Worker a has its route on in the accounts "+account+" and "+other+"\n", text)
	rt.SetRoute(other, "a", false)
	status, _ = get(t, rt, "a.localhost", "/")
	require.Equal(t, 200, status)
}

func TestOurHeadersCannotBeSpoofedOrSeen(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	serve(rt, script("a", echo))
	header := http.Header{
		"Crane-Local-Cron": {"* * * * *"}, "crane-local-key": {"x"}, "Crane-Local-Proto": {"https"},
		"Connection": {"Crane-Local-Key"}, "Cf-Connecting-Ip": {"6.6.6.6"}, "X-Own": {"kept"},
	}
	resp := request(rt, "a.localhost", "/", header)
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.JSONEq(t, `{"url":"http://a.localhost/","headers":{"cf-connecting-ip":"192.0.2.1","host":"a.localhost","x-own":"kept"}}`, string(text))
}

func TestProcessesLetInOnlyTheRuntime(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	ask(t, rt, "CREATE TABLE t (a)")
	serve(rt, script("a", echo))
	_, _ = get(t, rt, "a.localhost", "/")
	key := rt.secret.key(databaseTarget("db"))
	for address, header := range map[string]http.Header{
		rt.engine.proc.addr:                             {headerDatabase: {"db"}, headerKey: {key}},
		rt.instances[slot{account, "a"}].current().addr: {headerCron: {"* * * * *"}},
		rt.inner.addr():                                 {headerTarget: {databaseTarget("another")}, headerKey: {key}},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/query", strings.NewReader(`{"sql":"DROP TABLE t"}`))
		require.NoError(t, err)
		req.Header = header
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusForbidden, resp.StatusCode, header)
	}
	require.Empty(t, ask(t, rt, "SELECT * FROM t"), "the table is still there")
}

func TestStreamsPassThrough(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	serve(rt, script("a", `export default { fetch(r) {
		const { readable, writable } = new TransformStream();
		const writer = writable.getWriter();
		const text = new TextEncoder();
		(async () => { await writer.write(text.encode('first')); await scheduler.wait(10000); await writer.close(); })();
		return new Response(readable);
	} }`))
	server := httptest.NewServer(rt)
	t.Cleanup(server.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	require.NoError(t, err)
	req.Host = "a.localhost"
	resp, err := server.Client().Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	first := make([]byte, 5)
	_, err = io.ReadFull(resp.Body, first)
	require.NoError(t, err)
	require.Equal(t, "first", string(first), "before the stream has ended")
}
