package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"crane/internal/hint"
)

// What a server says on its pipe: that it holds the folder, which fails when
// its starter was killed, so that it cannot turn up after the next one; and
// that it is ready.
const (
	startingWord = "starting\n"
	readyWord    = "ready\n"
)

// failure is what a server says instead.
type failure struct{ Error, Hint string }

// maxWords bounds what is quoted from a server's log, in bytes.
const maxWords = 2 << 10

// Start makes sure that a server runs on these addresses, and returns when it
// is ready. A server that already does is left alone, and so is one that
// somebody else starts at the same time. program is the command that serves in
// the foreground; it outlives the caller and its terminal.
func Start(ctx context.Context, c Config, program ...string) (Status, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return Status{}, err
	}
	starting := flock.New(c.file("start.lock"))
	if _, err := starting.TryLockContext(ctx, pollEvery); err != nil {
		return Status{}, err
	}
	defer starting.Unlock()
	s, err := c.settled(ctx)
	if err == nil && !s.same(c) {
		return s, hint.Wrap(fmt.Errorf("%w: it is on %s, Pulumi.staging.yaml says %s", ErrElsewhere, s.API, c.API),
			"crane local stop, then crane local start")
	}
	if !errors.Is(err, ErrNotRunning) {
		return s, err
	}
	if err := c.spawn(ctx, program); err != nil {
		return s, err
	}
	return c.settled(ctx) // ErrNotRunning when somebody has stopped it already
}

// spawn starts a server and tells why it did not become ready: in its words on
// the pipe, else those in its log, else how it ended.
func (c Config) spawn(ctx context.Context, program []string) error {
	log, err := os.OpenFile(c.ServerLog(), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	before, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	said, end, err := launch(ctx, log, program)
	if err != nil || said == readyWord {
		return err
	}
	var f failure
	if json.Unmarshal([]byte(said), &f) == nil {
		return hint.Wrap(&startError{f.Error}, f.Hint)
	}
	words, err := firstWords(io.NewSectionReader(log, before, maxWords))
	if words == "" {
		words = end
	}
	return hint.Wrap(errors.Join(fmt.Errorf("%w: %s", ErrStart, words), err), "read "+c.ServerLog())
}

// launch runs the server in a session of its own and returns what it says on a
// pipe, its file 3, and unless that is that it is ready, how it ended.
func launch(ctx context.Context, log *os.File, program []string) (said, end string, err error) {
	ready, theirs, err := os.Pipe()
	if err != nil {
		return "", "", err
	}
	defer ready.Close()
	cmd := exec.Command(program[0], program[1:]...)
	cmd.Dir = filepath.Dir(log.Name()) // the folder it is started in may go
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = log, log, []*os.File{theirs}
	detach(cmd)
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		return "", "", err
	}
	ended := make(chan struct{})
	go func() { // a server that ends while we live leaves no zombie
		_ = cmd.Wait() // how it ended is in ProcessState
		close(ended)
	}()
	defer context.AfterFunc(ctx, func() { ready.Close() })()
	text, _ := io.ReadAll(ready) // cut short, it is not the word
	if said = strings.TrimPrefix(string(text), startingWord); said == readyWord {
		return said, "", nil
	}
	select {
	case <-ended: // having said why in its log as well
	case <-ctx.Done():
	case <-time.After(stopPatience):
	}
	_ = cmd.Process.Kill() // fails when it has ended
	<-ended
	return said, cmd.ProcessState.String(), ctx.Err()
}

// firstWords is the beginning of a text up to an empty line: of a panic, what
// happened without the stacks.
func firstWords(r io.Reader) (string, error) {
	text, err := io.ReadAll(r)
	words, _, _ := strings.Cut(string(text), "\n\n")
	return strings.TrimSpace(words), err
}

// startError carries the server's own words across the pipe.
type startError struct{ said string }

func (e *startError) Error() string { return e.said }
func (e *startError) Unwrap() error { return ErrStart }
