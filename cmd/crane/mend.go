package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"crane/internal/cloudflare"
	"crane/internal/hint"
	"crane/internal/project"
	"crane/internal/recovery"
	"crane/internal/toolchain"
	"crane/stacks"
)

// mender brings the state of one stack in order after an update of it was
// interrupted.
type mender struct {
	world
	project.Layout
	stack stacks.Stack
	// run is Pulumi, whose standard error is the world's, and next what is to be
	// said again afterwards.
	run  func(ctx context.Context, w world, stdout io.Writer, stdin io.Reader, args ...string) error
	next string
	// client speaks to the stack's Cloudflare.
	client func(project.Settings) (*cloudflare.Client, error)
}

// mend clears operations that never ended and takes over what they made.
func (m mender) mend(ctx context.Context) error {
	alone, err := m.outlast(ctx)
	if err != nil {
		return err
	}
	text, err := m.export(ctx)
	if err != nil {
		return err
	}
	state, err := recovery.Parse(text)
	if err != nil {
		return err
	}
	if alone {
		err = m.settle(ctx, state)
	}
	if err != nil {
		return err
	}
	return m.adopt(ctx, state)
}

func (m mender) export(ctx context.Context) ([]byte, error) {
	var out bytes.Buffer
	err := m.run(ctx, m.world, &out, nil, "stack", "export", "--stack", m.stack.Name)
	return out.Bytes(), err
}

func (m mender) breakLocks() error {
	locks, here, err := locksOf(m.Layout, m.stack)
	if err != nil {
		return err
	}
	for _, lock := range locks {
		if err := lock.Break(here); err != nil {
			return hint.Wrap(err, cmp.Or(hint.Of(err), busyHint(m.next)))
		}
		fmt.Fprintf(m.stderr, "removed %s\n", lock)
	}
	return nil
}

// locksOf are none in a shared state: other people's processes cannot be looked
// at, see outlast.
func locksOf(l project.Layout, stack stacks.Stack) ([]recovery.Lock, recovery.Machine, error) {
	here, err := recovery.Here()
	if err != nil || !stack.LocalState() {
		return nil, here, err
	}
	locks, err := recovery.Locks(filepath.Join(l.Root, stack.Backend), "crane", stack.Name)
	return locks, here, err
}

// settle clears operations that never ended. What they made is found next. It is
// for a state that nobody else updates: what is imported here would be older than
// what that update writes. Else Pulumi's own warning has to do.
func (m mender) settle(ctx context.Context, s *recovery.State) error {
	pending := s.Pending()
	if len(pending) == 0 {
		return nil
	}
	text, err := s.Settled()
	if err != nil {
		return err
	}
	if err := m.run(ctx, m.world, m.stderr, bytes.NewReader(text), "stack", "import", "--stack", m.stack.Name); err != nil {
		return err
	}
	for _, op := range pending {
		fmt.Fprintf(m.stderr, "cleared the unfinished operation: %s\n", op)
	}
	return nil
}

// adopt takes over what exists and the state lacks.
func (m mender) adopt(ctx context.Context, s *recovery.State) error {
	lacking := s.Lacking(stacks.Default().Resources(m.stack))
	if len(lacking) == 0 {
		return nil
	}
	found, err := m.find(ctx, lacking)
	if err != nil || len(found) == 0 {
		return err
	}
	text, err := recovery.ImportFile(s, found, toolchain.PluginVersion)
	if err != nil {
		return err
	}
	var said bytes.Buffer
	if err := m.take(ctx, m.world, &said, text, "--protect=false", "--yes", "--skip-preview"); err != nil {
		_, _ = said.WriteTo(m.stderr)
		return err
	}
	for _, f := range found {
		fmt.Fprintf(m.stderr, "took over %s, which exists as %s\n", f.Name, f.Object)
	}
	return nil
}

// take has Pulumi import what a text names.
func (m mender) take(ctx context.Context, w world, stdout io.Writer, text []byte, how ...string) error {
	file := m.Hidden("recover.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	defer os.Remove(file)
	args := []string{"import", "--stack", m.stack.Name, "--file", file, "--generate-code=false", "--non-interactive"}
	return m.run(ctx, w, stdout, nil, append(args, how...)...)
}

func (m mender) find(ctx context.Context, lacking []stacks.Resource) ([]recovery.Found, error) {
	s, err := m.ReadSettings(m.stack.Name)
	if err != nil {
		return nil, err
	}
	client, err := m.client(s)
	if err != nil {
		return nil, err
	}
	return recovery.Find(ctx, client, s.AccountID, lacking)
}
