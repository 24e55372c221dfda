package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"github.com/gofrs/flock"

	"crane/internal/cloudflare"
	"crane/internal/hint"
	"crane/internal/local"
	"crane/internal/local/account"
	"crane/internal/project"
	"crane/internal/recovery"
	"crane/stacks"
)

const recoverUsage = `
usage: crane recover

Makes staging whole after an update was interrupted, and says in a line each
what it did: removes locks of processes that died, clears operations that never
ended, and takes over databases and scripts that exist on Cloudflare but not in
the state. It changes nothing on Cloudflare and never touches production.
In a state that others share a process counts as dead when its lock is older
than 90 minutes; operations are cleared only after such a lock was removed.
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
	return alone(l.Hidden("update.lock"), "make up", func() error {
		if err := w.repair(ctx, l); err != nil {
			return err
		}
		return update()
	})
}

// alone does something while no other crane of this project does.
func alone(file, next string, do func() error) error {
	lock := flock.New(file)
	held, err := lock.TryLock()
	if err != nil {
		return err
	}
	if !held {
		return hint.Wrap(fmt.Errorf("%w: another crane of this project; nothing was changed", recovery.ErrBusy), busyHint(next))
	}
	defer lock.Unlock()
	return do()
}

func busyHint(next string) string { return "wait for it to end, then " + next }

// repair selects staging and brings its state in order. When there is nothing
// to do it asks Cloudflare nothing.
func (w world) repair(ctx context.Context, l project.Layout) error {
	m := w.mender(l)
	if err := m.breakLocks(); err != nil {
		return err
	}
	if err := w.selectStaging(ctx, l); err != nil {
		return err
	}
	return m.mend(ctx)
}

// mender is for staging.
func (w world) mender(l project.Layout) mender {
	return mender{
		world: w, Layout: l, stack: stacks.Staging, next: "make up",
		run: func(ctx context.Context, w world, stdout io.Writer, stdin io.Reader, args ...string) error {
			return w.pulumi(ctx, l, stdout, stdin, args...)
		},
		client: func(s project.Settings) (*cloudflare.Client, error) { return w.cloudflare(l, s) },
	}
}

func (w world) exported(ctx context.Context, l project.Layout) (*recovery.State, error) {
	text, err := w.exportedText(ctx, l)
	if err != nil {
		return nil, err
	}
	return recovery.Parse(text)
}

func (w world) exportedText(ctx context.Context, l project.Layout) ([]byte, error) {
	return w.mender(l).export(ctx)
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
