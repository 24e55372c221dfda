package main

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"crane/internal/cloudflare"
	"crane/internal/hint"
	"crane/internal/local"
	"crane/internal/local/account"
	"crane/internal/project"
	"crane/internal/recovery"
	"crane/internal/toolchain"
	"crane/stacks"
)

const recoverUsage = `
usage: crane recover

Makes staging whole after an update was interrupted, and says in a line each
what it did: removes locks of processes that died, clears operations that never
ended, and takes over databases and scripts that exist on Cloudflare but not in
the state. It changes nothing on Cloudflare and never touches production.
` + "`make up`" + ` does it first.

Example:
  crane recover
`

func (w world) recover(ctx context.Context, args []string) error {
	return w.onStaging(ctx, "recover", args, func(project.Layout) error { return nil })
}

// onStaging is a verb without arguments that updates staging: the local
// Cloudflare runs if staging is on it, and staging is whole.
func (w world) onStaging(ctx context.Context, name string, args []string, update func(project.Layout) error) error {
	if err := w.noArguments(name, args, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	if err := w.ensureLocal(ctx, l); err != nil {
		return err
	}
	return w.whole(ctx, l, func() error { return update(l) })
}

// whole makes staging whole and then updates it, alone: Pulumi's own lock comes
// too late for two that make the stack at the same time. The kernel gives ours
// back, however this process ends.
func (w world) whole(ctx context.Context, l project.Layout, update func() error) error {
	lock := flock.New(l.Hidden("update.lock"))
	held, err := lock.TryLock()
	if err != nil {
		return err
	}
	if !held {
		return hint.Wrap(fmt.Errorf("%w: another crane of this project; nothing was changed", recovery.ErrBusy), busyHint)
	}
	defer lock.Unlock()
	if err := w.repair(ctx, l); err != nil {
		return err
	}
	return update()
}

const busyHint = "wait for it to end, then make up"

// repair selects staging and brings its state in order. When there is nothing
// to do it asks Cloudflare nothing.
func (w world) repair(ctx context.Context, l project.Layout) error {
	if err := w.breakLocks(l); err != nil {
		return err
	}
	if err := w.selectStaging(ctx, l); err != nil {
		return err
	}
	state, err := w.exported(ctx, l)
	if err != nil {
		return err
	}
	if err := w.settle(ctx, l, state); err != nil {
		return err
	}
	return w.adopt(ctx, l, state)
}

func (w world) breakLocks(l project.Layout) error {
	locks, here, err := stagingLocks(l)
	if err != nil {
		return err
	}
	for _, lock := range locks {
		if err := lock.Break(here); err != nil {
			return hint.Wrap(err, cmp.Or(hint.Of(err), busyHint))
		}
		fmt.Fprintf(w.stderr, "removed %s\n", lock)
	}
	return nil
}

// stagingLocks are none in a shared state: other people's processes cannot be
// looked at.
func stagingLocks(l project.Layout) ([]recovery.Lock, recovery.Machine, error) {
	here, err := recovery.Here()
	if err != nil || !stacks.Staging.LocalState() {
		return nil, here, err
	}
	locks, err := recovery.Locks(filepath.Join(l.Root, stacks.Staging.Backend), "crane", stacks.Staging.Name)
	return locks, here, err
}

func (w world) exported(ctx context.Context, l project.Layout) (*recovery.State, error) {
	text, err := w.exportedText(ctx, l)
	if err != nil {
		return nil, err
	}
	return recovery.Parse(text)
}

func (w world) exportedText(ctx context.Context, l project.Layout) ([]byte, error) {
	var out bytes.Buffer
	err := w.pulumi(ctx, l, &out, nil, "stack", "export", "--stack", stacks.Staging.Name)
	return out.Bytes(), err
}

// settle clears operations that never ended. What they made is found next. In a
// state that others share they may belong to an update that is running, and what
// is imported here would be older than what that one writes: there Pulumi's own
// warning has to do.
func (w world) settle(ctx context.Context, l project.Layout, s *recovery.State) error {
	pending := s.Pending()
	if len(pending) == 0 || !stacks.Staging.LocalState() {
		return nil
	}
	text, err := s.Settled()
	if err != nil {
		return err
	}
	if err := w.pulumi(ctx, l, w.stderr, bytes.NewReader(text), "stack", "import", "--stack", stacks.Staging.Name); err != nil {
		return err
	}
	for _, op := range pending {
		fmt.Fprintf(w.stderr, "cleared the unfinished operation: %s\n", op)
	}
	return nil
}

// adopt takes over what exists and the state lacks.
func (w world) adopt(ctx context.Context, l project.Layout, s *recovery.State) error {
	lacking := s.Lacking(stacks.Default().Resources(stacks.Staging))
	if len(lacking) == 0 {
		return nil
	}
	found, err := w.find(ctx, l, lacking)
	if err != nil || len(found) == 0 {
		return err
	}
	text, err := recovery.ImportFile(s, found, toolchain.PluginVersion)
	if err != nil {
		return err
	}
	file := l.Hidden("recover.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	defer os.Remove(file)
	var said bytes.Buffer
	err = w.pulumi(ctx, l, &said, nil, "import", "--stack", stacks.Staging.Name, "--file", file,
		"--protect=false", "--generate-code=false", "--yes", "--skip-preview", "--non-interactive")
	if err != nil {
		_, _ = said.WriteTo(w.stderr)
		return err
	}
	for _, f := range found {
		fmt.Fprintf(w.stderr, "took over %s, which exists as %s\n", f.Name, f.Object)
	}
	return nil
}

func (w world) find(ctx context.Context, l project.Layout, lacking []stacks.Resource) ([]recovery.Found, error) {
	s, err := l.ReadSettings(stacks.Staging.Name)
	if err != nil {
		return nil, err
	}
	client, err := w.cloudflare(l, s)
	if err != nil {
		return nil, err
	}
	return recovery.Find(ctx, client, s.AccountID, lacking)
}

// cloudflare speaks to staging's Cloudflare: to the local one with its public
// token, whatever the shell holds.
func (w world) cloudflare(l project.Layout, s project.Settings) (*cloudflare.Client, error) {
	config := cloudflare.Config{Host: s.APIHost, Token: w.getenv("CLOUDFLARE_API_TOKEN")}
	if s.Local() {
		c, err := local.Configure(l)
		if err != nil {
			return nil, err
		}
		config.Token = account.Staging.Token
		if config.HTTPClient, err = c.Client(); err != nil {
			return nil, err
		}
	}
	return cloudflare.New(config)
}
