package bench

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// commandLimit bounds a command; a first update of hundreds of Workers is
	// the longest.
	commandLimit = 30 * time.Minute
	// grace is how long a command may take to end after an interrupt.
	grace = 20 * time.Second
	// wordsLimit bounds what an error quotes of a command's output, in bytes.
	wordsLimit = 4 << 10
)

// run runs a program of the copy to its end.
func (w *workspace) run(ctx context.Context, dir, program string, args ...string) error {
	_, err := w.output(ctx, dir, program, args...)
	return err
}

// output runs a program and gives what it printed on standard output. An
// interrupt reaches it and its children once, so that they can end in order.
func (w *workspace) output(ctx context.Context, dir, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandLimit)
	defer cancel()
	var stdout, both strings.Builder
	cmd := exec.CommandContext(ctx, w.find(program), args...)
	cmd.Dir, cmd.Env = dir, w.env
	cmd.Stdout, cmd.Stderr = writers{&stdout, &both}, &both
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = grace
	if err := cmd.Run(); err != nil {
		said := both.String()
		said = said[max(0, len(said)-wordsLimit):]
		return "", fmt.Errorf("%w: %s %s: %w\n%s", ErrCommand, filepath.Base(program), strings.Join(args, " "), errors.Join(err, ctx.Err()), said)
	}
	return stdout.String(), nil
}

// writers write what one stream prints into two texts.
type writers []*strings.Builder

func (all writers) Write(p []byte) (int, error) {
	for _, w := range all {
		w.Write(p)
	}
	return len(p), nil
}

// find looks a program up in the PATH that the commands have.
func (w *workspace) find(program string) string {
	if strings.ContainsRune(program, filepath.Separator) {
		return program
	}
	for _, dir := range filepath.SplitList(w.getenv("PATH")) {
		if found, err := exec.LookPath(filepath.Join(dir, program)); err == nil {
			return found
		}
	}
	return program
}
