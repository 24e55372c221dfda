package local

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOnlyLoopback looks, in the kernel's own table, at every socket on which
// the server and its children listen.
func TestOnlyLoopback(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	s := start(t, c)
	cloud := newClient(t, c)
	require.NoError(t, cloud.upload("hello", "", map[string]string{"worker.mjs": `export default { fetch: () => new Response("hi") }`}))
	require.NoError(t, cloud.route("hello"))
	require.Equal(t, "hi", cloud.ask("hello"))

	addresses := listening(t)
	found := 0
	for _, pid := range append(children(t, s.PID), s.PID) {
		links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
		require.NoError(t, err)
		for _, link := range links {
			target, _ := os.Readlink(link) // closed meanwhile: no socket
			if address, ok := addresses[target]; ok {
				found++
				require.True(t, strings.HasSuffix(address, "7F") || address == strings.Repeat("0", 24)+"01000000", address)
			}
		}
	}
	require.Equal(t, 6, found, "three services, the bindings, the D1 engine and one script")
}

// listening maps sockets, as they are called under /proc/<pid>/fd, to the
// addresses on which they listen, in the kernel's hexadecimal.
func listening(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			if field := strings.Fields(line); field[3] == "0A" {
				address, _, _ := strings.Cut(field[1], ":")
				all["socket:["+field[9]+"]"] = address
			}
		}
	}
	return all
}

func children(t *testing.T, parent int) (all []int) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	require.NoError(t, err)
	for _, path := range stats {
		text, _ := os.ReadFile(path) // ended meanwhile
		_, rest, _ := strings.Cut(string(text), ") ")
		if field := strings.Fields(rest); len(field) > 1 && field[1] == strconv.Itoa(parent) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			require.NoError(t, err)
			all = append(all, pid)
		}
	}
	return all
}
