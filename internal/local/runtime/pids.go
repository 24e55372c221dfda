package runtime

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
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

func (p pids) end(pid int) error {
	line := commandLine(pid)
	if !strings.Contains(line, "workerd") || !strings.Contains(line, p.state) {
		return nil
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return process.Kill()
}
