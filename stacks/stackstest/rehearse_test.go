package stackstest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/project"
	"crane/stacks"
	"crane/stacks/stackstest"
)

// TestCommitted: until the project goes live, what is committed is the rehearsal.
// The files of a live project are its own.
func TestCommitted(t *testing.T) {
	t.Parallel()
	if stacks.ProductionGate.Issuer != stacks.LocalIssuer {
		t.Skip("this project is live")
	}
	root, err := project.Root(".")
	require.NoError(t, err)
	for name, want := range stackstest.Files() {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.Equal(t, want, string(text), "stacks/stackstest has the same files: change %s there, too", name)
	}
}

// TestRehearse: a live project's stacks are the rehearsal's afterwards.
func TestRehearse(t *testing.T) {
	staging, production := stacks.Staging, stacks.Production
	gate, retire, protection := stacks.ProductionGate, stacks.ProductionRetire, stacks.ProductionProtection
	t.Cleanup(func() {
		stacks.Staging, stacks.Production = staging, production
		stacks.ProductionGate, stacks.ProductionRetire, stacks.ProductionProtection = gate, retire, protection
	})
	stacks.Staging.AccountID, stacks.Production.Backend = "1", "s3://bucket"
	stacks.ProductionGate.Issuer, stacks.ProductionRetire.Workers = "https://issuer", []string{"old"}
	stacks.ProductionProtection.Reviewers = []string{"ann"}
	stackstest.Rehearse()
	require.Equal(t, []stacks.Stack{stackstest.Staging, stackstest.Production}, stacks.All())
	require.Equal(t, stackstest.ProductionGate, stacks.ProductionGate)
	require.Equal(t, stackstest.ProductionRetire, stacks.ProductionRetire)
	require.Equal(t, stackstest.ProductionProtection, stacks.ProductionProtection)
	require.Equal(t, stacks.LocalIssuer, stacks.ProductionGate.Issuer)
}

// TestWrite: the files, written into a project that is live, are a rehearsal whose
// settings belong together.
func TestWrite(t *testing.T) {
	t.Parallel()
	l := project.Layout{Root: t.TempDir()}
	require.NoError(t, os.Mkdir(filepath.Join(l.Root, "stacks"), 0o755))
	require.NoError(t, os.WriteFile(l.StackFile("staging"), []byte("config: {cloudflare:apiHostname: api.cloudflare.com}\n"), 0o644))
	require.NoError(t, stackstest.Write(l.Root))
	for _, s := range []stacks.Stack{stackstest.Staging, stackstest.Production} {
		settings, err := l.ReadSettings(s.Name)
		require.NoError(t, err)
		require.True(t, settings.Local())
		require.Equal(t, s.AccountID, settings.AccountID)
	}
	generated, err := os.ReadFile(filepath.Join(l.Workers(), "watch", "wrangler.jsonc"))
	require.NoError(t, err)
	require.Contains(t, string(generated), stackstest.Staging.AccountID)
	for _, name := range []string{"staging.go", "production.go"} {
		text, err := os.ReadFile(filepath.Join(l.Root, "stacks", name))
		require.NoError(t, err)
		require.NotContains(t, string(text), "stacks.", "nothing is qualified in the package itself")
	}
}

// TestOnlyTests holds the packages that are shipped to not knowing a rehearsal.
func TestOnlyTests(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "crane/cmd/...", "crane/infra", "crane/provider").CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "crane/stacks\n")
	require.NotContains(t, string(out), "stackstest")
}
