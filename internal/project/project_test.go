package project

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/gate"
	"crane/internal/hint"
	"crane/stacks"
)

func TestRoot(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	deep := filepath.Join(root, "workers", "watch", "src")
	require.NoError(t, os.MkdirAll(deep, 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "stacks"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "Pulumi.yaml"), nil, 0o644))
	for _, dir := range []string{root, deep} {
		got, err := Root(dir)
		require.NoError(t, err)
		require.Equal(t, root, got)
	}
	_, err := Root(t.TempDir())
	require.ErrorIs(t, err, ErrNotFound)
	require.Equal(t, "change into the repository first", hint.Of(err))
}

func TestReadSettings(t *testing.T) {
	t.Parallel()
	l := Layout{Root: t.TempDir()}
	_, err := l.ReadSettings("staging")
	require.ErrorIs(t, err, ErrNoStackFile)
	require.Equal(t, "git checkout Pulumi.staging.yaml", hint.Of(err))

	write := func(text string) { require.NoError(t, os.WriteFile(l.StackFile("staging"), []byte(text), 0o644)) }
	write("config:\n  crane:accountId: 12\n  crane:domain: d\n  crane:infisical: 7\n")
	_, err = l.ReadSettings("staging")
	require.ErrorIs(t, err, ErrMalformed)
	for _, key := range []string{"cloudflare:apiHostname", "crane:accountId", "crane:infisical"} {
		require.ErrorContains(t, err, "Pulumi.staging.yaml: "+key+" is missing or is not text")
	}

	write("config: [")
	_, err = l.ReadSettings("staging")
	require.ErrorIs(t, err, ErrMalformed)

	write("config:\n  cloudflare:apiHostname: 127.0.0.1:1\n  crane:accountId: a\n  crane:domain: localhost:2\n  crane:infisical: http://127.0.0.1:3\n")
	s, err := l.ReadSettings("staging")
	require.NoError(t, err, "where secrets come from is the source's to check")
	require.Equal(t, Settings{APIHost: "127.0.0.1:1", AccountID: "a", Domain: "localhost:2", Infisical: "http://127.0.0.1:3"}, s)
	require.True(t, s.Local())
	require.Equal(t, "127.0.0.1:3", s.InfisicalHost())
	s.APIHost = "api.cloudflare.com"
	require.False(t, s.Local())
}

// TestCommittedStackFiles holds what is committed to agreeing with itself, on the
// local Cloudflare or live: the accounts, and the gate with where production is.
func TestCommittedStackFiles(t *testing.T) {
	t.Parallel()
	root, err := Root(".")
	require.NoError(t, err)
	staging, err := Layout{Root: root}.ReadSettings("staging")
	require.NoError(t, err)
	production, err := Layout{Root: root}.ReadSettings("production")
	require.NoError(t, err)
	require.Equal(t, stacks.Staging.AccountID, staging.AccountID)
	require.Equal(t, stacks.Production.AccountID, production.AccountID)
	require.Equal(t, stacks.ProductionProtection.OneAccount, staging.AccountID == production.AccountID)
	_, err = gate.Compile(stacks.ProductionGate, gate.Where{APIHost: production.APIHost, Infisical: production.Infisical})
	require.NoError(t, err)
}
