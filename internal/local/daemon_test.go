package local

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
)

// TestStartsAtOnce starts one server from several sides at the same moment:
// all get the same one, and none an error.
func TestStartsAtOnce(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	for range 3 {
		var all sync.WaitGroup
		pids := make([]int, 4)
		for i := range pids {
			all.Go(func() {
				s, err := Start(t.Context(), c, serving(t, c)...)
				if pids[i] = s.PID; err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, pid := range pids {
			require.Equal(t, pids[0], pid)
		}
		require.NoError(t, Stop(t.Context(), c))
	}
}

// TestAskingDoesNotDisturb asks without pause from several sides: nobody takes
// somebody else's question for a server.
func TestAskingDoesNotDisturb(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	require.NoError(t, os.MkdirAll(c.Dir, 0o700))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 500 {
				if _, err := c.Running(); !errors.Is(err, ErrNotRunning) || errors.Is(err, ErrRunning) {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// TestStopAndStartAtOnce starts a server while the one before still ends.
func TestStopAndStartAtOnce(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	first := start(t, c)
	stopped := make(chan error, 1)
	go func() { stopped <- Stop(t.Context(), c) }()
	time.Sleep(30 * time.Millisecond)
	second := start(t, c)
	require.NoError(t, <-stopped)
	if second.PID == first.PID {
		return // the second start came before the end began
	}
	cloud := newClient(t, c)
	cloud.database("still-here")
}

func TestStop(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	require.ErrorIs(t, Stop(t.Context(), c), ErrNotRunning)
	s := start(t, c)
	again, err := c.Running()
	require.NoError(t, err)
	require.Equal(t, s, again)

	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if err := Stop(t.Context(), c); err != nil && !errors.Is(err, ErrNotRunning) {
				t.Error(err)
			}
		})
	}
	both.Wait()
	require.ErrorIs(t, Stop(t.Context(), c), ErrNotRunning)
	for _, addr := range []string{c.API, c.Workers, c.Infisical} {
		l, err := net.Listen("tcp", addr)
		require.NoError(t, err)
		require.NoError(t, l.Close())
	}
	require.NoFileExists(t, c.file("server.json"))
	log, err := os.ReadFile(c.ServerLog())
	require.NoError(t, err)
	require.Contains(t, string(log), "is ready")
	require.Contains(t, string(log), "stops: interrupt")
}

// TestStopWhileStarting ends a server that was never ready.
func TestStopWhileStarting(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	starting := make(chan error, 1)
	go func() { _, err := Start(t.Context(), c, serving(t, c)...); starting <- err }()
	require.Eventually(t, func() bool { _, err := c.Running(); return !errors.Is(err, ErrNotRunning) }, 10*time.Second, time.Millisecond)
	require.NoError(t, Stop(t.Context(), c))
	if err := <-starting; err != nil {
		require.ErrorIs(t, err, ErrNotRunning, "it was ready, and was stopped before it could be asked")
	}
}

func TestStopCancelledLeavesTheServer(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	s := start(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, Stop(ctx, c), context.Canceled)
	again, err := c.Running()
	require.NoError(t, err)
	require.Equal(t, s.PID, again.PID)
}

func TestReset(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	require.NoError(t, Reset(c), "there is nothing yet")
	require.NoDirExists(t, c.Dir)
	start(t, c)
	newClient(t, c).database("notes")
	roots, err := os.ReadFile(c.Roots())
	require.NoError(t, err)

	err = Reset(c)
	require.ErrorIs(t, err, ErrRunning)
	require.Equal(t, "crane local stop", hint.Of(err))
	require.Len(t, newClient(t, c).list("/d1/database"), 1)

	require.NoError(t, Stop(t.Context(), c))
	require.NoError(t, Reset(c))
	require.NoError(t, Reset(c))
	entries, err := filepath.Glob(c.file("*"))
	require.NoError(t, err)
	for _, path := range entries {
		require.Regexp(t, `/(authority.*|roots\.pem|.*\.lock)$`, path)
	}
	start(t, c)
	require.Empty(t, newClient(t, c).list("/d1/database"))
	after, err := os.ReadFile(c.Roots())
	require.NoError(t, err)
	require.Equal(t, string(roots), string(after), "a shell that trusts the authority goes on")
}

// TestServerOutlivesItsShell starts from a process that ends, then hangs up and
// kills everything that is left of that process's group.
func TestServerOutlivesItsShell(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	shell := exec.Command(os.Args[0], acting(t, "start", c)...)
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := shell.CombinedOutput()
	require.NoError(t, err, string(out))
	for _, signal := range []syscall.Signal{syscall.SIGHUP, syscall.SIGKILL} {
		require.ErrorIs(t, syscall.Kill(-shell.Process.Pid, signal), syscall.ESRCH, "nothing is left in the shell's group")
	}
	s, err := c.Running()
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(s.PID, syscall.SIGHUP))
	newClient(t, c).database("notes")
	again := start(t, c)
	require.Equal(t, s.PID, again.PID)
}

// TestServerHoldsNothingOfItsShell gives the starter a pipe beyond the first
// three files, as build tools and test runners do: whoever waits for the end of
// that pipe must not wait for the server.
func TestServerHoldsNothingOfItsShell(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	theirs, ours, err := os.Pipe()
	require.NoError(t, err)
	defer theirs.Close()
	shell := exec.Command(os.Args[0], acting(t, "start", c)...)
	shell.ExtraFiles = []*os.File{ours, ours, ours}
	shell.Dir = filepath.Dir(c.Dir)
	out, err := shell.CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, ours.Close())
	require.NoError(t, theirs.SetReadDeadline(time.Now().Add(5*time.Second)))
	_, err = theirs.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
}

// TestStarterIsKilled kills the process that starts, at several moments: the
// next start finds a server or makes one.
func TestStarterIsKilled(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	for _, wait := range []time.Duration{0, 60, 150} {
		shell := exec.Command(os.Args[0], acting(t, "start", c)...)
		require.NoError(t, shell.Start())
		require.Eventually(t, func() bool { _, err := os.Stat(c.ServerLog()); return err == nil }, 10*time.Second, time.Millisecond)
		time.Sleep(wait * time.Millisecond)
		_ = shell.Process.Kill() // it may have ended already
		_ = shell.Wait()
		start(t, c)
		newClient(t, c).list("/d1/database")
		require.NoError(t, Stop(t.Context(), c))
		require.NoError(t, Reset(c))
	}
}

func TestStartElsewhere(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	start(t, c)
	other := newConfig(t)
	other.Dir = c.Dir
	_, err := Start(t.Context(), other, serving(t, other)...)
	require.ErrorIs(t, err, ErrElsewhere)
	require.ErrorContains(t, err, c.API)
	require.ErrorContains(t, err, other.API)
}

// TestStartFails shows that whatever ends a server before it is ready is told
// in the server's own words, and that nothing stays behind.
func TestStartFails(t *testing.T) {
	t.Parallel()
	script := func(t *testing.T, text string) string {
		path := filepath.Join(t.TempDir(), "workerd")
		require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700))
		return path
	}
	for name, test := range map[string]struct {
		change func(*testing.T, *Config)
		role   string
		want   []string
		next   string
	}{
		"API's port": {
			change: func(t *testing.T, c *Config) { c.API = busy(t) },
			want:   []string{"port in use", "wanted for Cloudflare's API", "nothing was started"}, next: "stop the program that has it",
		},
		"Workers' port": {
			change: func(t *testing.T, c *Config) { c.Workers = busy(t) },
			want:   []string{"port in use", "wanted for the Workers"}, next: "stop the program that has it",
		},
		"Infisical's port": {
			change: func(t *testing.T, c *Config) { c.Infisical = busy(t) },
			want:   []string{"port in use", "wanted for Infisical"}, next: "stop the program that has it",
		},
		"other machines": {
			change: func(_ *testing.T, c *Config) { c.Workers = "0.0.0.0:0" },
			want:   []string{"0.0.0.0:0", "not an address of this machine only"}, next: "Pulumi.staging.yaml",
		},
		"no workerd": {
			change: func(t *testing.T, c *Config) { c.Workerd = filepath.Join(t.TempDir(), "workerd") },
			want:   []string{"no workerd", "no such file"}, next: "run npm ci in workers",
		},
		"broken workerd": {
			change: func(t *testing.T, c *Config) {
				c.Workerd = script(t, "echo cannot run here >&2; echo because >&2; exit 3")
			},
			want: []string{"d1 engine", "workerd did not start: cannot run here\nbecause"},
		},
		"silent workerd": {
			change: func(t *testing.T, c *Config) { c.Workerd = script(t, "exit 3") },
			want:   []string{"exit status 3"},
		},
		"damaged state": {
			change: func(t *testing.T, c *Config) {
				dir := filepath.Join(c.Dir, "accounts", "a", "scripts")
				require.NoError(t, os.MkdirAll(dir, 0o700))
				require.NoError(t, os.WriteFile(filepath.Join(dir, "x.json"), []byte("{"), 0o600))
			},
			want: []string{"damaged file", "x.json"}, next: "crane local reset",
		},
		"panic":  {role: "panic", want: []string{"the local Cloudflare did not start: panic: out of cheese"}, next: "server.log"},
		"silent": {role: "silent", want: []string{"the local Cloudflare did not start: exit status 3"}, next: "server.log"},
		"killed": {role: "killed", want: []string{"the local Cloudflare did not start: signal: killed"}, next: "server.log"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newConfig(t)
			if test.change != nil {
				test.change(t, &c)
			}
			if test.role == "" {
				test.role = "serve"
			}
			_, err := Start(t.Context(), c, append([]string{os.Args[0]}, acting(t, test.role, c)...)...)
			require.ErrorIs(t, err, ErrStart)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			require.NotContains(t, err.Error(), "goroutine")
			require.Contains(t, hint.Of(err), test.next)
			_, err = c.Running()
			require.ErrorIs(t, err, ErrNotRunning)
			require.NoFileExists(t, c.file("server.json"))
		})
	}
}

// TestStartIsCancelled leaves no server behind.
func TestStartIsCancelled(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := Start(ctx, c, append([]string{os.Args[0]}, acting(t, "hang", c)...)...)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	out, err := exec.Command("ps", "-eo", "args=").Output()
	require.NoError(t, err)
	require.False(t, strings.Contains(string(out), c.Dir), "no process is left")
}

// busy is an address where somebody listens.
func busy(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l.Addr().String()
}
