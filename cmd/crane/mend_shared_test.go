package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/project"
	"crane/internal/recovery"
	"crane/stacks"
)

// TestDead: the youngest lock decides, to the second.
func TestDead(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 8, 0, 10, 0, time.UTC)
	old := recovery.Lock{PID: 7, Host: "laptop", Time: at.Add(-24 * time.Hour)}
	locks := []recovery.Lock{{PID: 4242, Host: "fv-az1", Time: at}, old}
	for name, tc := range map[string]struct {
		locks []recovery.Lock
		now   time.Time
		dead  bool
	}{
		"just taken":           {locks, at, false},
		"by a clock behind":    {locks, at.Add(-time.Hour), false},
		"as long as it counts": {locks, at.Add(recovery.Life), false},
		"longer":               {locks, at.Add(recovery.Life + time.Second), true},
		"the old one alone":    {locks[1:], at, true},
	} {
		err := mender{next: "crane promote"}.dead(tc.locks, tc.now)
		if tc.dead {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, recovery.ErrBusy, name)
		require.EqualError(t, err, "another update is running: process 4242 on fv-az1, since 2026-11-23 08:00 UTC; nothing was changed")
		require.Equal(t, "wait for it to end, then crane promote; if it has died, that removes its lock from 2026-11-23 09:31 UTC on", hint.Of(err))
	}
}

// locked is a Pulumi that says something when it is to take the lock of a stack,
// which lacks nothing and has an operation that never ended.
type locked struct {
	said  string
	fails string // the commands that fail
	calls []string
}

func (l *locked) run(_ context.Context, w world, stdout io.Writer, _ io.Reader, args ...string) error {
	called := args[0]
	switch {
	case called == "stack":
		called += " " + args[1]
	case args[len(args)-1] == "--preview-only":
		called += " --preview-only"
		fmt.Fprint(w.stderr, l.said)
	}
	l.calls = append(l.calls, called)
	if called == "stack export" {
		fmt.Fprint(stdout, wholeState())
	}
	if slices.Contains(strings.Split(l.fails, ", "), called) {
		return errPulumi
	}
	return nil
}

func wholeState() string {
	var urns []string
	for _, r := range stacks.Default().Resources(stacks.Staging) {
		urns = append(urns, fmt.Sprintf(`{"urn": "urn:pulumi:staging::crane::%s::%s"}`, r.Type, r.Name))
	}
	return `{"deployment": {"resources": [` + strings.Join(urns, ",") + `],
		"pending_operations": [{"type": "updating", "resource": {"urn": "urn:pulumi:staging::crane::x::watch-script"}}]}}`
}

// lockedSince is what Pulumi says of a lock that was taken so long ago.
func lockedSince(ago time.Duration) string {
	return fmt.Sprintf("error: the stack is currently locked by 1 lock(s).\n  s3://states/a.json: created by runner@fv-az1 (pid 4242) at %s\n",
		time.Now().Add(-ago).Format(time.RFC3339))
}

func TestMendShared(t *testing.T) {
	t.Parallel()
	const try = "import --preview-only"
	for name, tc := range map[string]struct {
		backend string
		pulumi  *locked
		calls   []string
		fails   error
		says    string // what is said at last, or nothing at all
	}{
		"its own": {".crane/state", &locked{}, []string{"stack export", "stack import"}, nil, "cleared the unfinished operation: updating watch-script\n"},
		"free":    {"s3://states", &locked{}, []string{try, "stack export"}, nil, ""},
		"old": {
			"s3://states", &locked{said: lockedSince(2 * time.Hour), fails: try}, []string{try, "cancel", "stack export", "stack import"}, nil,
			"UTC: no update takes that long\ncleared the unfinished operation: updating watch-script\n",
		},
		"young":       {"s3://states", &locked{said: lockedSince(5 * time.Minute), fails: try}, []string{try}, recovery.ErrBusy, ""},
		"unknown":     {"s3://states", &locked{said: "error: no bucket\n", fails: try}, []string{try}, errPulumi, "error: no bucket\n"},
		"not removed": {"s3://states", &locked{said: lockedSince(2 * time.Hour), fails: try + ", cancel"}, []string{try, "cancel"}, errPulumi, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said bytes.Buffer
			m := mender{
				world: world{stderr: &said}, Layout: project.Layout{Root: t.TempDir()}, next: "make up",
				stack: stacks.Stack{Name: stacks.Staging.Name, Backend: tc.backend}, run: tc.pulumi.run,
			}
			require.NoError(t, os.MkdirAll(m.Hidden(), 0o700))
			err := m.mend(t.Context())
			require.Truef(t, errors.Is(err, tc.fails), "%v", err)
			require.Equal(t, tc.calls, tc.pulumi.calls)
			require.True(t, strings.HasSuffix(said.String(), tc.says) && (said.Len() > 0) == (tc.says != ""), said.String())
		})
	}
}
