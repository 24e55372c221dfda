package local

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
	"crane/internal/local/fault"
)

func (c client) faults() fault.Client {
	return fault.Client{HTTP: c.http, Host: c.c.API, Token: account.Staging.Token}
}

// TestFaultsOfAServer cuts an upload's answer off, and keeps the next upload
// from the edge for a while: the API knows it at once.
func TestFaultsOfAServer(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	start(t, c)
	cloud := newClient(t, c)
	upload := func(text string) error {
		return cloud.upload("w", "", map[string]string{"worker.mjs": `export default { fetch: () => new Response("` + text + `") }`})
	}
	require.NoError(t, cloud.faults().Add(t.Context(), fault.Fault{Kind: fault.CutAfter, Method: "PUT", Count: 1}))
	require.Error(t, upload("first"))
	require.NoError(t, cloud.route("w"))
	require.Equal(t, "first", cloud.ask("w"))

	require.NoError(t, cloud.faults().Add(t.Context(), fault.Fault{
		Kind: fault.Propagation, Path: ".*/workers/scripts/w", Count: 1, For: fault.Duration(2 * time.Second)}))
	require.NoError(t, upload("second"))
	require.Equal(t, "first", cloud.ask("w"))
	require.Len(t, cloud.list("/workers/scripts"), 1)
	require.Eventually(t, func() bool { return cloud.ask("w") == "second" }, 20*time.Second, 100*time.Millisecond)

	var api, control []int
	for _, r := range requestLog(t, c) {
		switch r.Service {
		case "api":
			api = append(api, r.Status)
		case "control":
			require.Equal(t, fault.Path, r.Path)
			control = append(control, r.Status)
		}
	}
	require.Equal(t, []int{0, 200, 200, 200}, api, "the status that the client saw")
	require.Equal(t, []int{http.StatusCreated, http.StatusCreated}, control)
}

// TestFaultsEndWithTheServer switches one on for good, and starts again.
func TestFaultsEndWithTheServer(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	start(t, c)
	cloud := newClient(t, c)
	require.NoError(t, cloud.faults().Add(t.Context(), fault.Fault{Kind: fault.RateLimit}))
	for range 2 {
		require.ErrorContains(t, cloud.send("GET", "/d1/database", "application/json", &bytes.Buffer{}, nil), "429")
	}
	status, _ := cloud.plain("https://"+c.API+fault.Path, "evil.example")
	require.Equal(t, http.StatusMisdirectedRequest, status)
	require.NoError(t, Stop(t.Context(), c))
	start(t, c)
	require.Empty(t, cloud.list("/d1/database"))
}
