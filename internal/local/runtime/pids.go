package runtime

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// reapLimit is how long a killed process may take to be gone, and reapEvery how
// often it is looked for.
const (
	reapLimit = 10 * time.Second
	reapEvery = 5 * time.Millisecond
)

// pids is a directory with one empty file per child, named by its process id.
type pids struct {
	// dir holds the files; state is the runtime's directory, which is on the
	// command line of every child and tells ours from others.
	dir, state string
}

func (p pids) add(pid int) error {
	return os.WriteFile(p.path(pid), nil, 0o600)
}

func (p pids) remove(pid int) error {
	err := os.Remove(p.path(pid))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (p pids) path(pid int) string { return filepath.Join(p.dir, strconv.Itoa(pid)) }

// reap ends the children that a killed predecessor left behind. A process
// whose id was given to something else is left alone.
func (p pids) reap() error {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			errs = append(errs, p.end(pid), p.remove(pid))
		}
	}
	return errors.Join(errs...)
}

// end kills a child and waits until it is gone: it may hold the databases.
func (p pids) end(pid int) error {
	for deadline := time.Now().Add(reapLimit); p.ours(pid); time.Sleep(reapEvery) {
		process, err := os.FindProcess(pid)
		if err == nil {
			err = process.Kill()
		}
		if err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("process %d of a killed predecessor does not end", pid)
		}
	}
	return nil
}

func (p pids) ours(pid int) bool {
	line := commandLine(pid)
	return strings.Contains(line, "workerd") && strings.Contains(line, p.state)
}
