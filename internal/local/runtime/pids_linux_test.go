package runtime

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReapWaits ends what a predecessor left, waits for it, because it holds
// the databases' files, and leaves other processes alone.
func TestReapWaits(t *testing.T) {
	t.Parallel()
	p := pids{dir: t.TempDir(), state: t.TempDir()}
	run := func(name string) *exec.Cmd {
		program := filepath.Join(p.state, name)
		require.NoError(t, os.WriteFile(program, []byte("read line\n"), 0o600))
		cmd := exec.Command("/bin/sh", program)
		_, err := cmd.StdinPipe() // so that it waits
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
		require.NoError(t, p.add(cmd.Process.Pid))
		return cmd
	}
	ours, other := run("workerd"), run("editor")
	require.NoError(t, p.reap())
	require.Empty(t, commandLine(ours.Process.Pid))
	require.NotEmpty(t, commandLine(other.Process.Pid))
	left, err := os.ReadDir(p.dir)
	require.NoError(t, err)
	require.Empty(t, left)
}
