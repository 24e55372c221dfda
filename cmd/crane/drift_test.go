package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/gofrs/flock"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"crane/internal/drift"
	"crane/internal/hint"
	"crane/internal/project"
	"crane/internal/recovery"
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
	require.Equal(t, busyHint, hint.Of(err))
}

// TestDriftCommandsFitTheShell: what is printed can be typed where it is read.
func TestDriftCommandsFitTheShell(t *testing.T) {
	t.Parallel()
	for stack, want := range map[string]string{
		"staging": "put a.sql into sql, then pulumi up --refresh --yes",
		"":        `put a.sql into sql, then eval "$(.crane/bin/crane env)" && pulumi up --refresh --yes`,
	} {
		r := drift.Report{Drift: []drift.Finding{{Next: "put a.sql into sql, then pulumi up --refresh --yes"}, {Next: "crane local start"}}}
		var out bytes.Buffer
		w := world{stdout: &out, environ: func() []string { return []string{"PULUMI_STACK=" + stack} }}
		w.inShell(&r)
		require.Equal(t, want, r.Drift[0].Next)
		require.Equal(t, "crane local start", r.Drift[1].Next)
		require.NoError(t, w.encodeDrift(r))
		require.Contains(t, out.String(), strings.ReplaceAll(want, `"`, `\"`), "no character is made unreadable")
		require.True(t, json.Valid(out.Bytes()))
	}
}
