package cloudflare_test

import (
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/cloudflare"
	"crane/internal/hint"
)

// TestBusyDatabase: a D1 database that was reset may have committed before, so
// its 429 is not the one of the rate limit.
func TestBusyDatabase(t *testing.T) {
	t.Parallel()
	const said = "D1 DB storage operation exceeded timeout which caused object to be reset."
	r := answering(t, 429, nil, `{"success":false,"errors":[{"code":7429,"message":"`+said+`"}],"messages":[],"result":null}`)
	_, err := r.client.Database("acc", "db").Query(t.Context(), "SELECT 1;")
	require.ErrorContains(t, err, said)
	require.Equal(t, "wait a moment and run the same command again", hint.Of(err))
	require.True(t, cloudflare.Ambiguous(err))
	require.EqualValues(t, 1, r.count.Load())
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	r := answering(t, 429, http.Header{"Retry-After": {"30"}}, `{"success":false,"errors":[{"code":971,"message":"Please wait"}],"messages":[],"result":null}`)
	_, err := r.client.Database("acc", "db").Query(t.Context(), "SELECT 1;")
	require.ErrorContains(t, err, "limiting the rate of requests")
	require.Equal(t, "wait 30s and run the same command again", hint.Of(err))
	require.False(t, cloudflare.Ambiguous(err))
}

// TestInternalError: an API that fails for a moment is asked again.
func TestInternalError(t *testing.T) {
	t.Parallel()
	r := answering(t, 500, nil, `{"success":false,"errors":[{"code":7500,"message":"internal error; reference = x"}],"messages":[],"result":null}`)
	_, err := r.client.Database("acc", "db").Query(t.Context(), "SELECT 1;")
	require.ErrorContains(t, err, "HTTP 500: internal error; reference = x")
	require.Equal(t, "run the same command again: what was done is kept", hint.Of(err))
	require.True(t, cloudflare.Ambiguous(err))
}

// TestNoAnswerHints: a server that is not there is started, one that hung up is
// asked again.
func TestNoAnswerHints(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, free.Close())
	client, err := cloudflare.New(cloudflare.Config{Host: free.Addr().String(), Token: token})
	require.NoError(t, err)
	_, err = client.Database("acc", "db").Query(t.Context(), "SELECT 1;")
	require.Equal(t, "crane local start, then run the same command again", hint.Of(err))

	rude, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = rude.Close() })
	go func() {
		for {
			c, err := rude.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	client, err = cloudflare.New(cloudflare.Config{Host: rude.Addr().String(), Token: token})
	require.NoError(t, err)
	_, err = client.Database("acc", "db").Query(t.Context(), "SELECT 1;")
	require.Equal(t, "run the same command again: what was done is kept", hint.Of(err))
	require.True(t, cloudflare.Ambiguous(err))
}
