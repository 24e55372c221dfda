package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"crane/internal/hint"
)

const (
	// settlePatience is how long a server may take to be ready, or to end.
	settlePatience = 30 * time.Second
	// stopPatience is how long a server may take to drain before it is killed.
	stopPatience = 10 * time.Second
	// pollEvery is how often a file or a lock is looked at.
	pollEvery = 20 * time.Millisecond
)

// Status is what a running server wrote about itself.
type Status struct {
	// PID is the server's process.
	PID int `json:"pid"`
	// Started is when it was ready, UTC.
	Started time.Time `json:"started"`
	Config
}

// Running reports the server that holds this folder and is ready; otherwise
// ErrNotRunning, or ErrRunning for one that still starts or already ends. The
// proof is a lock that the kernel drops with the process, not a number in a
// file.
func (c Config) Running() (Status, error) {
	if _, err := os.Stat(c.Dir); errors.Is(err, fs.ErrNotExist) {
		return Status{}, ErrNotRunning
	}
	lock := flock.New(c.file("server.lock"))
	free, err := lock.TryRLock() // shared: several may ask at once
	if err != nil {
		return Status{}, err
	}
	if free {
		return Status{}, errors.Join(ErrNotRunning, lock.Unlock())
	}
	s := Status{Config: Config{Dir: c.Dir}}
	text, err := os.ReadFile(c.file("server.json"))
	if err != nil {
		return s, fmt.Errorf("%w, but is not ready", ErrRunning)
	}
	return s, json.Unmarshal(text, &s)
}

// settled is Running after a server that starts or ends has done so.
func (c Config) settled(ctx context.Context) (Status, error) {
	ctx, cancel := context.WithTimeout(ctx, settlePatience)
	defer cancel()
	for {
		s, err := c.Running()
		if !errors.Is(err, ErrRunning) {
			return s, err
		}
		if late := pause(ctx); late != nil {
			return s, errors.Join(err, late)
		}
	}
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pollEvery):
		return nil
	}
}

// Stop ends the server and waits until it is gone. Stopping what does not run
// is ErrNotRunning.
func Stop(ctx context.Context, c Config) error {
	s, err := c.settled(ctx)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	p, err := os.FindProcess(s.PID)
	if err != nil {
		return err
	}
	defer p.Release()
	if err := end(p, os.Interrupt); err != nil {
		return err
	}
	if err := c.gone(ctx, s); err == nil || ctx.Err() != nil {
		return err
	}
	return errors.Join(end(p, os.Kill), c.gone(ctx, s))
}

// end sends a signal; a process that has ended needs none.
func end(p *os.Process, signal os.Signal) error {
	if err := p.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stopping process %d: %w", p.Pid, err)
	}
	return nil
}

// gone waits until a server no longer holds the folder; the next one may.
func (c Config) gone(ctx context.Context, old Status) error {
	ctx, cancel := context.WithTimeout(ctx, stopPatience)
	defer cancel()
	for {
		s, err := c.Running()
		if errors.Is(err, ErrNotRunning) || err == nil && s.PID != old.PID {
			return nil
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// Reset removes all state but the authority, so that a shell that trusts it
// goes on working. It refuses while a server runs.
func Reset(c Config) error {
	entries, err := os.ReadDir(c.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	release, err := c.hold() // nobody starts one meanwhile
	if errors.Is(err, ErrRunning) {
		return hint.Wrap(fmt.Errorf("%w: nothing was removed", ErrRunning), "crane local stop")
	}
	if err != nil {
		return err
	}
	defer release()
	for _, e := range entries {
		if !kept(e.Name()) {
			err = errors.Join(err, os.RemoveAll(c.file(e.Name())))
		}
	}
	return err
}

// kept reports whether Reset leaves a file: the authority, what trusts it, and
// the locks, which somebody may be waiting for.
func kept(name string) bool {
	return strings.HasPrefix(name, "authority") || name == "roots.pem" || filepath.Ext(name) == ".lock"
}
