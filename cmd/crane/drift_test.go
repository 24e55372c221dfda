package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"crane/internal/drift"
	"crane/internal/hint"
	"crane/internal/project"
	"crane/internal/recovery"
	"crane/stacks/stackstest"
)

// hinted runs the command that the last hint named, as its reader would.
func hinted(ts *testscript.TestScript, _ bool, _ []string) {
	_, command, ok := strings.Cut(ts.ReadFile("stderr"), "\nhint: ")
	if !ok {
		ts.Fatalf("there was no hint")
	}
	ts.Check(ts.Exec("sh", "-c", strings.TrimSpace(command)))
}

// TestDriftWaitsForNoUpdate: a state that is being changed is compared with nothing.
func TestDriftWaitsForNoUpdate(t *testing.T) {
	t.Parallel()
	l := project.Layout{Root: t.TempDir()}
	require.NoError(t, os.Mkdir(l.Hidden(), 0o700))
	update := flock.New(l.Hidden("update.lock"))
	held, err := update.TryLock()
	require.NoError(t, err)
	require.True(t, held)
	defer func() { require.NoError(t, update.Unlock()) }()
	_, err = world{}.compare(t.Context(), l)
	require.ErrorIs(t, err, recovery.ErrBusy)
	require.EqualError(t, err, "another update is running: another crane of this project; nothing was compared")
	require.Equal(t, busyHint("make up"), hint.Of(err))
}

// alive is for killUpdate.
func alive(pid int) bool {
	here, err := recovery.Here()
	return err != nil || here.Alive(pid)
}

// stagingShell is what crane env exports for a project, over what a shell has.
func stagingShell(t *testing.T, root string, shell ...string) (world, project.Layout) {
	t.Helper()
	l := project.Layout{Root: root}
	require.NoError(t, os.WriteFile(l.StackFile("staging"), []byte(stackstest.Files()["Pulumi.staging.yaml"]), 0o600))
	vars, err := world{environ: func() []string { return shell }}.staging(l)
	require.NoError(t, err)
	for _, v := range vars {
		shell = append([]string{v.name + "=" + v.value}, shell...)
	}
	return world{environ: func() []string { return shell }}, l
}

// TestDriftCommandsFitTheShell: a shell is ready that has all of crane env, and
// no other one: PULUMI_STACK alone may be another project's.
func TestDriftCommandsFitTheShell(t *testing.T) {
	t.Parallel()
	staged, l := stagingShell(t, t.TempDir(), "PATH=/bin")
	ready, err := staged.ready(l)
	require.NoError(t, err)
	require.Empty(t, ready)
	for _, other := range []string{"PULUMI_STACK=production", "PULUMI_BACKEND_URL=s3://elsewhere", "PULUMI_CONFIG_PASSPHRASE=other", "PULUMI_CONFIG_PASSPHRASE="} {
		w := world{environ: func() []string { return append([]string{other}, staged.environ()...) }}
		ready, err = w.ready(l)
		require.NoError(t, err)
		require.Equal(t, `e="$('`+l.Bin()+`/crane' env)" && eval "$e" && `, ready, other)
	}
}

// TestDriftCommandsNeverReachAnotherStack types what is printed into a shell that
// is on production, in a folder of the project: without crane, with one that
// fails, and with one that works.
func TestDriftCommandsNeverReachAnotherStack(t *testing.T) {
	t.Parallel()
	_, l := stagingShell(t, mkdir(t, t.TempDir(), "it's a project"))
	tools, said := mkdir(t, l.Root, "tools"), filepath.Join(l.Root, "said")
	program(t, filepath.Join(tools, "pulumi"), `echo "$PULUMI_STACK $*" >>"$SAID"`)
	shell := []string{"PATH=" + tools + ":/usr/bin:/bin", "PULUMI_STACK=production", "SAID=" + said}
	ready, err := world{environ: func() []string { return shell }}.ready(l)
	require.NoError(t, err)
	run := func() error {
		cmd := exec.Command("sh", "-c", ready+"pulumi up --stack staging --refresh --yes")
		cmd.Dir, cmd.Env = mkdir(t, l.Root, "workers/deep"), shell
		return cmd.Run()
	}
	require.Error(t, run())
	require.NoError(t, os.MkdirAll(l.Bin(), 0o755))
	program(t, filepath.Join(l.Bin(), "crane"), "echo export PULUMI_STACK=half; exit 1")
	require.Error(t, run())
	require.NoFileExists(t, said, "pulumi was not run")
	program(t, filepath.Join(l.Bin(), "crane"), "echo export PULUMI_STACK=staging")
	require.NoError(t, run())
	text, err := os.ReadFile(said)
	require.NoError(t, err)
	require.Equal(t, "staging up --stack staging --refresh --yes\n", string(text))
}

func mkdir(t *testing.T, parts ...string) string {
	t.Helper()
	dir := filepath.Join(parts...)
	require.NoError(t, os.MkdirAll(dir, 0o755))
	return dir
}

func program(t *testing.T, path, script string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755))
}

// TestDriftAsJSON: no character of a command is made unreadable.
func TestDriftAsJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := drift.Report{Drift: []drift.Finding{{Next: `e="$('/x/crane' env)" && eval "$e" && pulumi up`}}}
	require.NoError(t, world{stdout: &out}.encodeDrift(r))
	require.Contains(t, out.String(), `"next":"e=\"$('/x/crane' env)\" && eval \"$e\" && pulumi up"`)
	require.True(t, json.Valid(out.Bytes()))
}

// TestDriftAndLocks: a lock whose process has died is for crane recover; drift
// breaks none.
func TestDriftAndLocks(t *testing.T) {
	t.Parallel()
	here, err := recovery.Here()
	require.NoError(t, err)
	dead := exec.Command("true")
	require.NoError(t, dead.Run())
	lock := func(pid int, at string) string {
		return fmt.Sprintf(`{"pid": %d, "hostname": %q, "timestamp": %q}`, pid, here.Host, at)
	}
	died := fmt.Sprintf("an update was interrupted: the lock of process %d, which has died, is still there; nothing was compared", dead.ProcessState.Pid())
	for _, tc := range []struct{ lock, want, next string }{
		{lock(dead.ProcessState.Pid(), "2026-11-23T04:05:06Z"), died, "crane recover"},
		{lock(os.Getpid(), time.Now().Format(time.RFC3339)), "another update is running: process ", busyHint("make up")},
		{"", "unreadable lock: ", "see that no pulumi runs, then rm '"},
	} {
		l := project.Layout{Root: t.TempDir()}
		require.NoError(t, os.Mkdir(l.Hidden(), 0o700))
		path := filepath.Join(mkdir(t, l.Hidden("state/staging/.pulumi/locks/organization/crane/staging")), "a.json")
		require.NoError(t, os.WriteFile(path, []byte(tc.lock), 0o600))
		_, err := world{}.compare(t.Context(), l)
		require.ErrorContains(t, err, tc.want)
		require.Contains(t, hint.Of(err), tc.next)
		require.FileExists(t, path)
	}
}

// TestDrifted: what could not be read is not called drift.
func TestDrifted(t *testing.T) {
	t.Parallel()
	changed, unread := drift.Finding{Kind: drift.Changed, Next: "mend"}, drift.Finding{Kind: drift.Unread, Next: "wait"}
	require.NoError(t, drifted(drift.Report{}))
	err := drifted(drift.Report{Drift: []drift.Finding{changed}})
	require.ErrorIs(t, err, drift.ErrDrift)
	require.Equal(t, "mend", hint.Of(err))
	err = drifted(drift.Report{Drift: []drift.Finding{unread, changed}})
	require.ErrorIs(t, err, drift.ErrUnread)
	require.NotErrorIs(t, err, drift.ErrDrift)
	require.EqualError(t, err, "staging could not be compared: 1 unread, 1 changed; neither the state nor Cloudflare was changed")
	require.Equal(t, "wait", hint.Of(err))
}

// TestNoDriftSaysWithWhat: what is declared is not what was compared.
func TestNoDriftSaysWithWhat(t *testing.T) {
	t.Parallel()
	var out, note bytes.Buffer
	require.NoError(t, world{stdout: &out, stderr: &note}.showDrift(drift.Report{}))
	require.Equal(t, "no drift\n", out.String())
	require.Equal(t, "this compares with the state; pulumi preview --stack staging does with what is declared\n", note.String())
}
