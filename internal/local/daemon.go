package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"crane/internal/hint"
)

// stopPatience is how long a server may take to drain before it is killed.
const stopPatience = 10 * time.Second

// Status is what a running server wrote about itself.
type Status struct {
	// PID is the server's process.
	PID int `json:"pid"`
	// Started is when it was ready, UTC.
	Started time.Time `json:"started"`
	Config
}

// Running reports the server that holds this folder, or ErrNotRunning. The
// proof is a lock that the kernel drops with the process, not a number in a file.
func (c Config) Running() (Status, error) {
	lock := flock.New(c.file("server.lock"))
	if _, err := os.Stat(c.Dir); errors.Is(err, fs.ErrNotExist) {
		return Status{}, ErrNotRunning
	}
	free, err := lock.TryLock()
	if err != nil {
		return Status{}, err
	}
	if free {
		return Status{}, errors.Join(ErrNotRunning, lock.Unlock())
	}
	return c.readStatus()
}

func (c Config) readStatus() (Status, error) {
	s := Status{Config: Config{Dir: c.Dir}}
	text, err := os.ReadFile(c.file("server.json"))
	if err != nil {
		return s, fmt.Errorf("%w, but is not ready yet", ErrRunning)
	}
	return s, json.Unmarshal(text, &s)
}

// Start makes sure that a server runs on these addresses, and returns when it
// is ready. A server that already does is left alone. program is the command
// that serves in the foreground; it outlives the caller and its terminal.
func Start(ctx context.Context, c Config, program ...string) (Status, error) {
	s, err := c.Running()
	if err == nil && !s.same(c) {
		return s, hint.Wrap(fmt.Errorf("%w: it is on %s, Pulumi.staging.yaml says %s", ErrElsewhere, s.API, c.API),
			"crane local stop, then crane local start")
	}
	if !errors.Is(err, ErrNotRunning) {
		return s, err
	}
	if err := spawn(ctx, c, program); err != nil {
		return s, err
	}
	return c.Running()
}

// spawn starts the server in a session of its own and waits for its one line
// on a pipe: "ready", or what went wrong.
func spawn(ctx context.Context, c Config, program []string) error {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return err
	}
	log, err := os.OpenFile(c.ServerLog(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	ready, theirs, err := os.Pipe()
	if err != nil {
		return err
	}
	defer ready.Close()
	cmd := exec.Command(program[0], program[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = log, log, []*os.File{theirs}
	detach(cmd)
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		return err
	}
	defer cmd.Process.Release()
	return await(ctx, c, cmd.Process, ready)
}

func await(ctx context.Context, c Config, p *os.Process, ready *os.File) error {
	answer := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(ready) // an end without a word is told apart below
		answer <- string(text)
	}()
	select {
	case text := <-answer:
		return verdict(c, text)
	case <-ctx.Done():
		return errors.Join(ctx.Err(), p.Kill())
	}
}

func verdict(c Config, text string) error {
	if text == readyWord {
		return nil
	}
	said, next, _ := strings.Cut(text, "\n")
	if said == "" {
		said, next = ErrStart.Error(), "read "+c.ServerLog()
	}
	return hint.Wrap(&startError{said}, next)
}

// startError carries the server's own words across the pipe.
type startError struct{ said string }

func (e *startError) Error() string { return e.said }
func (e *startError) Unwrap() error { return ErrStart }

// Stop ends the server and waits until it is gone. Stopping what does not run
// is ErrNotRunning.
func Stop(ctx context.Context, c Config) error {
	s, err := c.Running()
	if err != nil {
		return err
	}
	p, err := os.FindProcess(s.PID)
	if err != nil {
		return err
	}
	if err := p.Signal(os.Interrupt); err != nil {
		return fmt.Errorf("stopping process %d: %w", s.PID, err)
	}
	ctx, cancel := context.WithTimeout(ctx, stopPatience)
	defer cancel()
	if err := c.gone(ctx); err == nil {
		return nil
	}
	return errors.Join(p.Kill(), c.gone(context.WithoutCancel(ctx)))
}

// gone waits until nobody holds the folder.
func (c Config) gone(ctx context.Context) error {
	for {
		if _, err := c.Running(); errors.Is(err, ErrNotRunning) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Reset removes all state but the authority, so that a shell that trusts it
// goes on working. It refuses while the server runs.
func Reset(c Config) error {
	if _, err := c.Running(); !errors.Is(err, ErrNotRunning) {
		return hint.Wrap(fmt.Errorf("%w: nothing was removed", ErrRunning), "crane local stop")
	}
	entries, err := os.ReadDir(c.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "authority") && e.Name() != "roots.pem" && e.Name() != "server.lock" {
			err = errors.Join(err, os.RemoveAll(c.file(e.Name())))
		}
	}
	return err
}
