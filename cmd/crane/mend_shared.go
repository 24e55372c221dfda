package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"crane/internal/hint"
	"crane/internal/recovery"
)

// outlast reports whether what is in the state is nobody's who is at work. In a
// folder of this machine that is known by now: its locks were looked at. In a
// state that others share it is only when all its locks were so old that they
// were removed; without one an update may begin at any time, or have just ended.
func (m mender) outlast(ctx context.Context) (bool, error) {
	if m.stack.LocalState() {
		return true, nil
	}
	said, err := m.tryLock(ctx)
	locks := recovery.Named(said.String())
	if len(locks) == 0 {
		if err != nil {
			_, _ = said.WriteTo(m.stderr)
		}
		return false, err
	}
	if err := m.dead(locks, time.Now()); err != nil {
		return false, err
	}
	return true, m.unlock(ctx, locks)
}

// tryLock takes Pulumi's lock and gives it back: the import of nothing, which is
// only previewed, asks no provider and writes nothing.
func (m mender) tryLock(ctx context.Context) (*bytes.Buffer, error) {
	said := &bytes.Buffer{}
	quiet := m.world
	quiet.stderr = said
	return said, m.take(ctx, quiet, said, []byte(`{"resources":[]}`), "--preview-only")
}

// dead is the error as long as one of the locks may be held.
func (m mender) dead(locks []recovery.Lock, now time.Time) error {
	youngest := recovery.Youngest(locks)
	until := youngest.Time.Add(recovery.Life)
	if now.After(until) {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: process %d on %s, since %s UTC; nothing was changed", recovery.ErrBusy, youngest.PID, youngest.Host, timeText(youngest.Time)),
		fmt.Sprintf("%s; if it has died, that removes its lock from %s UTC on", busyHint(m.next), timeText(until.Add(time.Minute))))
}

// unlock removes all locks that there are: Pulumi has no way to remove one.
func (m mender) unlock(ctx context.Context, locks []recovery.Lock) error {
	if err := m.run(ctx, m.world, io.Discard, nil, "cancel", "--yes", "--stack", m.stack.Name, "--non-interactive"); err != nil {
		return err
	}
	for _, l := range locks {
		fmt.Fprintf(m.stderr, "removed the lock of process %d on %s, taken %s UTC: no update takes that long\n", l.PID, l.Host, timeText(l.Time))
	}
	return nil
}
