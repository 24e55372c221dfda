package runtime

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// victim tells the test binary to be the process that is killed.
const victim = "CRANE_RUNTIME_TEST_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victim); dir != "" {
		beVictim(dir, os.Getenv(victim+"_WORKERD"))
	}
	os.Exit(m.Run())
}

// beVictim runs a runtime with two children, says so, and never ends.
func beVictim(dir, workerd string) {
	rt, err := New(context.Background(), Config{Workerd: workerd, Dir: dir, Log: io.Discard})
	if err != nil {
		panic(err)
	}
	serve(rt, script("a", echo))
	request(rt, "a.localhost", "/", nil)
	fmt.Println("ready")
	select {}
}

func TestChildrenDieWithAKilledParent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), victim+"="+dir, victim+"_WORKERD="+workerd(t))
	stdout, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "ready\n", line)

	orphans := children(t, dir)
	require.Len(t, orphans, 2)
	require.NoError(t, parent.Process.Kill())
	require.Error(t, parent.Wait())
	for _, orphan := range orphans {
		pid, err := strconv.Atoi(orphan.Name())
		require.NoError(t, err)
		require.Eventually(t, func() bool { return commandLine(pid) == "" }, 5*time.Second, 5*time.Millisecond)
	}
	start(t, Config{Dir: dir})
	require.Len(t, children(t, dir), 1, "their records are gone")
}
