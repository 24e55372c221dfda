package runtime

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	account = "0c4a5e00000000000000000000000051"
	other   = "0c4a5e000000000000000000000000b2"
	date    = "2026-11-01"
)

// workerd finds the binary in the repository this package is in.
func workerd(t *testing.T) string {
	dir, err := os.Getwd()
	require.NoError(t, err)
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		require.NotEqual(t, dir, filepath.Dir(dir), "no go.mod above")
	}
	path, err := Locate(dir)
	require.NoError(t, err)
	return path
}

// output is a log that may be read while it is written.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

func start(t *testing.T, c Config) *Runtime {
	t.Helper()
	c.Workerd = workerd(t)
	if c.Dir == "" {
		c.Dir = t.TempDir()
	}
	if c.Log == nil {
		c.Log = io.Discard
	}
	rt, err := New(t.Context(), c)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, rt.Close())
		require.Empty(t, children(t, c.Dir), "no process survives Close")
	})
	return rt
}

// children lists the process ids recorded in a runtime's directory.
func children(t *testing.T, dir string) []os.DirEntry {
	entries, err := os.ReadDir(filepath.Join(dir, "pids"))
	require.NoError(t, err)
	return entries
}

func script(name, source string, bindings ...Binding) Script {
	return Script{
		Account: account, Name: name, Version: "1", Main: "index.js",
		Modules:           []Module{{Name: "index.js", Type: "esm", Content: []byte(source)}},
		Bindings:          bindings,
		CompatibilityDate: date,
	}
}

// serve deploys a script with its route on.
func serve(rt *Runtime, s Script) {
	rt.Deploy(s)
	rt.SetRoute(s.Account, s.Name, true)
}

func request(rt *Runtime, host, path string, header http.Header) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil).WithContext(context.Background())
	r.Host = host
	if header != nil {
		r.Header = header
	}
	w := httptest.NewRecorder()
	rt.ServeHTTP(w, r)
	return w.Result()
}

func get(t *testing.T, rt *Runtime, host, path string) (int, string) {
	t.Helper()
	resp := request(rt, host, path, nil)
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(text)
}

func TestLocateNamesTheRemedy(t *testing.T) {
	t.Parallel()
	_, err := Locate(t.TempDir())
	require.ErrorIs(t, err, ErrNoWorkerd)
	require.ErrorContains(t, err, "workers/node_modules/@cloudflare/workerd-")
}

func TestNewCarriesTheEnginesWords(t *testing.T) {
	t.Parallel()
	// A file of the repository: one just written is "text busy" while a
	// parallel test forks.
	fake := filepath.Join("testdata", "broken-workerd")
	_, err := New(t.Context(), Config{Workerd: fake, Dir: t.TempDir(), Log: io.Discard})
	var refused *StartError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "cannot run here", refused.Message)

	_, err = New(t.Context(), Config{Workerd: fake + "x", Dir: t.TempDir(), Log: io.Discard})
	require.ErrorIs(t, err, ErrNoWorkerd)
}

func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rt := start(t, Config{Dir: dir})
	serve(rt, script("a", `export default { fetch() { return new Response("hi") } }`))
	status, _ := get(t, rt, "a.localhost", "/")
	require.Equal(t, 200, status)
	require.Len(t, children(t, dir), 2)

	require.NoError(t, rt.Close())
	require.Empty(t, children(t, dir))
	_, err := rt.Query(t.Context(), "db", []Statement{{SQL: "SELECT 1"}})
	require.ErrorIs(t, err, ErrClosed)
	_, err = rt.Check(t.Context(), script("a", ""))
	require.ErrorIs(t, err, ErrClosed)
}

func TestIdleProcessRestsAndWakes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rt := start(t, Config{Dir: dir, Idle: 20 * time.Millisecond})
	serve(rt, script("a", `export default { fetch() { return new Response("hi") } }`))
	for range 2 {
		_, text := get(t, rt, "a.localhost", "/")
		require.Equal(t, "hi", text)
		require.Eventually(t, func() bool { return len(children(t, dir)) == 1 }, 5*time.Second, 10*time.Millisecond)
	}
}

func TestNewEndsWhatAKilledPredecessorLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rt := start(t, Config{Dir: dir})
	left := rt.engine.proc
	successor := start(t, Config{Dir: dir})
	require.True(t, left.endsWithin(5*time.Second))
	require.True(t, successor.engine.proc.alive())

	bystander := pids{dir: t.TempDir(), state: dir}
	require.NoError(t, bystander.add(os.Getpid()))
	require.NoError(t, bystander.reap(), "a process id that was given to something else is left alone")
}
