package doctor

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/project"
	"crane/stacks"
)

// committed are the files that the committed project declares: TestMain puts the
// rehearsal's in their place.
var committed = stacks.ProductionProtection.Owned

// TestDeclaredFiles holds what is declared to what is committed: each file of the
// gate exists, and CODEOWNERS has an owner for it.
func TestDeclaredFiles(t *testing.T) {
	t.Parallel()
	root, err := project.Root(".")
	require.NoError(t, err)
	for _, path := range committed {
		_, err := os.Stat(filepath.Join(root, path))
		require.NoError(t, err, path)
	}
	text, err := os.ReadFile(filepath.Join(root, ".github", "CODEOWNERS"))
	require.NoError(t, err)
	require.Empty(t, ownerless(string(text), committed))
}
