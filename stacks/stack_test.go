package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/stacks"
)

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, s := range stacks.All() {
		found, err := stacks.Lookup(s.Name)
		require.NoError(t, err)
		require.Equal(t, s, found)
	}
	require.Equal(t, "staging", stacks.All()[0].Name, "staging is the default")
	for _, name := range []string{"", "prod", "dev", "Staging", "staging "} {
		_, err := stacks.Lookup(name)
		require.ErrorIs(t, err, stacks.ErrUnknownStack)
		require.ErrorContains(t, err, "(there are staging and production)")
	}
}

// TestStacksShareNothing: whatever one stack writes, the other does not read.
func TestStacksShareNothing(t *testing.T) {
	t.Parallel()
	s, p := stacks.Staging, stacks.Production
	require.Equal(t, "watch-staging", s.Script("watch"))
	require.Equal(t, "watch", p.Script("watch"))
	require.Equal(t, "watch-db-staging", s.Database("watch"))
	require.Equal(t, "watch-db-prod", p.Database("watch"))
	require.NotEqual(t, s.Backend, p.Backend)
	require.NotEqual(t, s.Secrets.Environment, p.Secrets.Environment)
	require.Equal(t, "dev:/alpha/staging", s.Secrets.String())
	require.Equal(t, "prod:/alpha", p.Secrets.String())
}

func TestURL(t *testing.T) {
	t.Parallel()
	require.Equal(t, "http://watch-staging.localhost:7702", stacks.URL("localhost:7702", "watch-staging"))
	require.Equal(t, "https://watch.acme.workers.dev", stacks.URL("acme.workers.dev", "watch"))
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for _, host := range []string{
		"localhost", "LOCALHOST:80", "localhost:7702", "a.localhost", "a-b.c.localhost:1", "127.0.0.1", "127.0.0.1:7701",
		"127.8.8.8", "::1", "[::1]", "[::1]:80", "::ffff:127.0.0.1",
	} {
		require.True(t, stacks.Loopback(host), host)
	}
	for _, host := range []string{
		"", ":80", ".", "localhost.", "localhost.evil.com", "localhost.evil.com:80", "evil.com", "evil-localhost", "127.0.0.1.nip.io",
		"127.1", "0x7f.1", "0x7f000001", "2130706433", "0177.0.0.1", "0.0.0.0", "10.0.0.1", "[::]:80", "::1%evil.com", "[::1", "::1]x",
		"localhost:80@evil.com", "127.0.0.1:80@evil.com", "evil.com/.localhost", "evil.com#.localhost", "evil.com?.localhost", "evil.com\\.localhost",
		"evil@localhost", "localhost:", "localhost:99999", "localhost:http", "http://localhost", " localhost", "localhost\n", ".localhost", "a..localhost",
	} {
		require.False(t, stacks.Loopback(host), host)
	}
}

func TestLocalState(t *testing.T) {
	t.Parallel()
	require.True(t, stacks.Stack{Backend: ".crane/state/staging"}.LocalState())
	require.False(t, stacks.Stack{Backend: "s3://bucket"}.LocalState())
}
