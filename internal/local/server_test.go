package local

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// kill ends a server as a power cut would.
func kill(t *testing.T, c Config) {
	t.Helper()
	s, err := c.Running()
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(s.PID, syscall.SIGKILL))
	require.Eventually(t, func() bool { _, err := c.Running(); return errors.Is(err, ErrNotRunning) }, 10*time.Second, time.Millisecond)
}

const counting = `export default {
  async fetch(request, env) {
    const row = await env.DB.prepare("SELECT count(*) AS n FROM notes").first()
    return Response.json({ secret: env.SECRET, n: row.n })
  },
}`

// TestStateSurvivesAKill kills a server and finds everything in the next one.
func TestStateSurvivesAKill(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	first := start(t, c)
	cloud := newClient(t, c)
	id := cloud.database("notes")
	query := func(sql string) { cloud.call("POST", "/d1/database/"+id+"/query", `{"sql":"`+sql+`"}`, nil) }
	query("CREATE TABLE notes (body TEXT); INSERT INTO notes VALUES ('a'), ('b')")
	metadata := `,"bindings":[{"name":"DB","type":"d1","id":"` + id + `"},{"name":"SECRET","type":"secret_text","text":"hunter2"}]`
	require.NoError(t, cloud.upload("counter", metadata, map[string]string{"worker.mjs": counting}))
	require.NoError(t, cloud.route("counter"))
	require.JSONEq(t, `{"secret":"hunter2","n":2}`, cloud.ask("counter"))

	for rows := 3; rows < 6; rows++ {
		query("INSERT INTO notes VALUES ('c')")
		kill(t, c)
		second := start(t, c)
		require.NotEqual(t, first.PID, second.PID)
		require.JSONEq(t, fmt.Sprintf(`{"secret":"hunter2","n":%d}`, rows), cloud.ask("counter"))
	}
	noSecretOutside(t, c, "hunter2")
}

// noSecretOutside looks for a secret in the logs and in files that others may read.
func noSecretOutside(t *testing.T, c Config, secret string) {
	t.Helper()
	info, err := os.Stat(c.Dir)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o700), info.Mode().Perm())
	found := 0
	require.NoError(t, filepath.WalkDir(c.Dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, readErr := os.ReadFile(path)
		info, statErr := entry.Info()
		if err := errors.Join(readErr, statErr); err != nil || !bytes.Contains(text, []byte(secret)) {
			return err
		}
		found++
		require.Zero(t, info.Mode().Perm()&0o077, path)
		require.NotContains(t, []string{c.RequestLog(), c.ServerLog()}, path)
		return nil
	}))
	require.Equal(t, 1, found, "the script's record, and nothing else")
}

// TestKilledWhileUploading kills a server again and again in the middle of
// uploads: what is listed afterwards is whole and answers, what was
// acknowledged is there, and the request log is one JSON value a line.
func TestKilledWhileUploading(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	acknowledged := map[string]int{}
	sent := 0
	for range 20 {
		start(t, c)
		var uploads sync.WaitGroup
		var mu sync.Mutex
		for _, name := range []string{"one", "two"} {
			uploads.Go(func() {
				cloud := newClient(t, c)
				for {
					mu.Lock()
					sent++
					n := sent
					mu.Unlock()
					if cloud.upload(name, "", marked(n)) != nil || cloud.route(name) != nil {
						return // killed
					}
					mu.Lock()
					acknowledged[name] = n
					mu.Unlock()
				}
			})
		}
		time.Sleep(time.Duration(rand.IntN(500)) * time.Millisecond)
		kill(t, c)
		uploads.Wait()

		start(t, c)
		cloud := newClient(t, c)
		for _, script := range cloud.list("/workers/scripts") {
			name := script["id"].(string)
			require.NoError(t, cloud.route(name))
			var n, size, last int
			_, err := fmt.Sscanf(cloud.ask(name), "%d %d %d", &n, &size, &last)
			require.NoError(t, err)
			require.Equal(t, n, last, "both modules are of one upload")
			require.Equal(t, markSize, size)
			require.GreaterOrEqual(t, n, acknowledged[name])
		}
		require.GreaterOrEqual(t, len(cloud.list("/workers/scripts")), len(acknowledged))
	}
	t.Logf("%d uploads sent, last acknowledged %v", sent, acknowledged)
	require.NotEmpty(t, acknowledged)
	requests := requestLog(t, c)
	require.GreaterOrEqual(t, len(requests), len(acknowledged))
}

const markSize = 200_000

// marked is a script whose modules both tell the number of the upload.
func marked(n int) map[string]string {
	return map[string]string{
		"worker.mjs": fmt.Sprintf(`import text from "big.txt"
export default { fetch: () => new Response("%d " + text.length + " " + text.trim()) }`, n),
		"big.txt": fmt.Sprintf("%*d", markSize, n),
	}
}

// requestLog reads the log, each line of which is a whole request.
func requestLog(t *testing.T, c Config) (all []Request) {
	t.Helper()
	text, err := os.ReadFile(c.RequestLog())
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(string(text), "\n"))
	for line := range strings.Lines(string(text)) {
		var r Request
		require.NoError(t, json.Unmarshal([]byte(line), &r), line)
		require.NotEmpty(t, r.Path)
		all = append(all, r)
	}
	return all
}

// TestEveryRequestIsLogged counts the lines of many requests at once.
func TestEveryRequestIsLogged(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	start(t, c)
	cloud := newClient(t, c)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 25 {
				if err := cloud.send("GET", fmt.Sprintf("/d1/database?name=%d-%d", i, j), "application/json", http.NoBody, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	require.Len(t, requestLog(t, c), 200)
}

// TestForeignHostsAreRefused sends what a browser would after a name of
// somebody else was made to lead to this machine.
func TestForeignHostsAreRefused(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	start(t, c)
	cloud := newClient(t, c)
	for _, url := range []string{"https://" + c.API + "/client/v4/user", "http://" + c.Infisical + "/api/v4/secrets"} {
		for host, want := range map[string]bool{"evil.example": true, "evil.example:7703": true, "localhost": false, "127.0.0.1:1": false} {
			status, text := cloud.plain(url, host)
			require.Equal(t, want, status == http.StatusMisdirectedRequest, "%s at %s: %d %s", host, url, status, text)
		}
	}
}

// TestPanicsAreTold finds a handler's panic in the server's log, and nothing of
// what net/http says about clients.
func TestPanicsAreTold(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := panicsTo(&out)
	log.Printf("http: TLS handshake error from %s", "127.0.0.1:1")
	require.Empty(t, out.String())
	log.Printf("http: panic serving %v: %v\n%s", "127.0.0.1:1", "oops", "goroutine 1")
	require.Contains(t, out.String(), "oops")
}
