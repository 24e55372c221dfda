package api_test

import (
	"bytes"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
	"crane/internal/local/api"
)

// TestUploadCutAnywhere ends an upload after each of its bytes: none but the
// whole one is a script, wherever between two modules the cut is.
func TestUploadCutAnywhere(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	path := "/accounts/" + account.Staging.ID + "/workers/scripts/cut"
	contentType, body := form(t, "metadata", `{"main_module":"worker.mjs","compatibility_date":"2026-06-01"}`,
		map[string]string{"worker.mjs": saying("'whole'"), "more.txt": "more"})
	whole := bytes.TrimRight(body.Bytes(), "\r\n")
	for n := range whole {
		r := c.send(account.Staging.Token, "PUT", path, contentType, bytes.NewReader(whole[:n]))
		require.False(t, r.Success, "%q", whole[max(0, n-20):n])
		require.Less(t, r.status, 500)
	}
	require.Empty(t, c.call("GET", "/workers/scripts", "").list(t))
	require.Empty(t, c.state())
	require.True(t, c.send(account.Staging.Token, "PUT", path, contentType, bytes.NewReader(whole)).Success)
}

// TestConnectionCut hangs up in the middle of an upload over an older script.
func TestConnectionCut(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.route("cut", saying("'first'"), "")
	before := c.state()
	contentType, body := form(t, "metadata", `{"main_module":"worker.mjs","compatibility_date":"2026-06-01"}`,
		map[string]string{"worker.mjs": saying("'second'")})
	connection, err := net.Dial("tcp", c.api.Listener.Addr().String())
	require.NoError(t, err)
	_, err = fmt.Fprintf(connection, "PUT %s/accounts/%s/workers/scripts/cut HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
		api.Prefix, account.Staging.ID, account.Staging.Token, contentType, body.Len(), body.Bytes()[:body.Len()-10])
	require.NoError(t, err)
	time.Sleep(50 * time.Millisecond) // so that the server reads what is there
	require.NoError(t, connection.Close())
	require.Never(t, func() bool { return len(c.state()) != len(before) }, 300*time.Millisecond, 50*time.Millisecond)
	require.Equal(t, before, c.state())
	_, text := c.get("cut", "/")
	require.Equal(t, "first", text)
}
