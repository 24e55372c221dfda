package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"crane/internal/hint"
	"crane/internal/local"
	"crane/internal/project"
	"crane/stacks"
)

const upUsage = `
usage: crane up

Brings up staging: starts the local Cloudflare when staging is on it, selects
the stack, makes it whole if an update was interrupted (see crane recover), runs
` + "`pulumi up`" + ` in an environment of its own making, and shows what runs.
It never reaches production, whatever the shell it is started in holds.

Example:
  crane up
`

func (w world) up(ctx context.Context, args []string) error {
	err := w.onStaging(ctx, "up", args, func(l project.Layout) error {
		return w.pulumi(ctx, l, w.stderr, nil, "up", "--stack", stacks.Staging.Name, "--yes", "--skip-preview",
			"--non-interactive", "--suppress-outputs")
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(w.stdout)
	return w.running(ctx)
}

// ensureLocal starts the local Cloudflare if staging is on it.
func (w world) ensureLocal(ctx context.Context, l project.Layout) error {
	s, err := l.ReadSettings(stacks.Staging.Name)
	if err != nil || !s.Local() {
		return err
	}
	_, err = w.startLocal(ctx, l)
	return err
}

// selectStaging makes the stack if there is none and selects it, so that even a
// shell without crane's environment is on staging.
func (w world) selectStaging(ctx context.Context, l project.Layout) error {
	return w.pulumi(ctx, l, w.stderr, nil, "stack", "select", "--create", stacks.Staging.Name,
		"--secrets-provider", "passphrase", "--non-interactive")
}

// pulumi runs the CLI from the project's root in a built environment. A Ctrl-C
// reaches it exactly once, because a second one would make it drop the update
// instead of ending it.
func (w world) pulumi(ctx context.Context, l project.Layout, stdout io.Writer, stdin io.Reader, args ...string) error {
	env, err := w.built(l)
	if err != nil {
		return err
	}
	return w.pulumiIn(ctx, l, l.Root, env, stdout, stdin, args...)
}

// pulumiIn runs the CLI in a folder and an environment.
func (w world) pulumiIn(ctx context.Context, l project.Layout, dir string, env []string, stdout io.Writer, stdin io.Reader, args ...string) error {
	program, err := w.toolchain(l).Pulumi()
	if err != nil {
		return err
	}
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = dir, env
	said := &lastLines{}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, said.tee(stdout), said.tee(w.stderr)
	ownGroup(cmd)
	if err := forwarding(ctx, cmd); err != nil {
		return hint.Wrap(fmt.Errorf("%w: %s %s: %w", errPulumi, filepath.Base(program), args[0], err), said.hint())
	}
	return nil
}

// forwarding runs a command and hands each signal on to it once.
func forwarding(ctx context.Context, cmd *exec.Cmd) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for {
		select {
		case err := <-done:
			return err
		case s := <-signals:
			_ = cmd.Process.Signal(s) // it may have ended in this moment
		case <-ctx.Done():
			return errors.Join(ctx.Err(), cmd.Process.Kill(), <-done)
		}
	}
}

// startLocal starts the local Cloudflare with this very program.
func (w world) startLocal(ctx context.Context, l project.Layout) (local.Status, error) {
	c, err := local.Configure(l)
	if err != nil {
		return local.Status{}, err
	}
	c, err = c.WithWorkerd(l)
	if err != nil {
		return local.Status{}, err
	}
	program, err := w.executable()
	if err != nil {
		return local.Status{}, err
	}
	return local.Start(ctx, c, program, "local", "serve", "--root", l.Root)
}
