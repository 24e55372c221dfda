package runtime

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"crane/internal/hint"
)

// startLimit is how long a process may take until it listens; far more than a
// script may take on Cloudflare.
const startLimit = 10 * time.Second

// launcher starts workerd processes.
type launcher struct {
	workerd string
	// dir holds a process's files while it starts.
	dir     string
	pids    pids
	journal *journal
	spawner *spawner
}

// program is what a process runs: a config that listens on the socket named
// in it, and the files that the config embeds.
type program struct {
	name   string
	config func(key, socket string) (string, error)
	files  map[string][]byte
}

// launch starts a program and waits until it serves. What workerd refuses is
// a *StartError. Its files, which hold secrets, are gone when launch returns.
func (l *launcher) launch(ctx context.Context, prog program) (*process, error) {
	dir, err := os.MkdirTemp(l.dir, "*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	socket := newSecret().key("socket")
	p := &process{key: newSecret().key("process"), port: make(chan int, 1), done: make(chan struct{})}
	config, err := write(dir, prog, p.key, socket)
	if err != nil {
		return nil, err
	}
	if err := l.start(p, prog.name, socket, config); err != nil {
		return nil, err
	}
	if err := errors.Join(l.pids.add(p.cmd.Process.Pid), l.ready(ctx, p)); err != nil {
		p.stop(0)
		return nil, err
	}
	return p, nil
}

// write puts the program's files and its config into dir.
func write(dir string, prog program, key, socket string) (string, error) {
	text, err := prog.config(key, socket)
	if err != nil {
		return "", err
	}
	for name, content := range prog.files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return "", err
		}
	}
	config := filepath.Join(dir, "config.capnp")
	return config, os.WriteFile(config, []byte(text), 0o600)
}

func (l *launcher) start(p *process, name, socket, config string) error {
	// Port announcements come on standard output, between what scripts log:
	// descriptors beyond the first three do not exist on Windows.
	p.cmd = exec.Command(l.workerd, "serve", "--experimental", "--control-fd=1", config)
	p.cmd.Env = minimalEnv()
	p.cmd.Stdout = &lines{each: func(line []byte) {
		if port, ok := listening(line, socket); ok {
			p.port <- port
			return
		}
		l.journal.print(name, line)
	}}
	p.cmd.Stderr = &lines{each: func(line []byte) {
		p.said.add(line)
		l.journal.print(name, line)
	}}
	if err := l.spawner.start(p.cmd); err != nil {
		return hint.Wrap(fmt.Errorf("%w: %w", ErrNoWorkerd, err), "run npm ci in workers")
	}
	go l.watch(p)
	return nil
}

// watch waits for the end of the process.
func (l *launcher) watch(p *process) {
	_ = p.cmd.Wait() // how it ended is in ProcessState
	_ = l.pids.remove(p.cmd.Process.Pid)
	close(p.done)
}

// ready waits until the process listens.
func (l *launcher) ready(ctx context.Context, p *process) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	select {
	case port := <-p.port:
		p.addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		return nil
	case <-p.done:
		return &StartError{Message: p.message()}
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return &StartError{Message: fmt.Sprintf("Script startup exceeded %s.", startLimit)}
		}
		return ctx.Err()
	}
}
