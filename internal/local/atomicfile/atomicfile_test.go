package atomicfile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/local/atomicfile"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	for _, text := range []string{"one", "", "three"} {
		require.NoError(t, atomicfile.Write(path, []byte(text), 0o600))
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, text, string(got))
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}

	blocked := filepath.Join(dir, "folder", "f")
	require.Error(t, atomicfile.Write(blocked, nil, 0o600))
	require.NoError(t, os.MkdirAll(filepath.Join(blocked, "in the way"), 0o700))
	require.Error(t, atomicfile.Write(blocked, nil, 0o600))
	left, err := filepath.Glob(filepath.Join(dir, "*", atomicfile.Partial+"*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
