package recovery

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Lock is a lock file of Pulumi's own backend, see pkg/backend/diy/lock.go in
// github.com/pulumi/pulumi: it has no expiry, so that a process that was killed
// leaves it for ever.
type Lock struct {
	// PID and Host are the process that took it.
	PID  int    `json:"pid"`
	Host string `json:"hostname"`

	path string
}

// Locks reads the locks of a stack in a folder that is a local backend.
func Locks(backend, project, stack string) ([]Lock, error) {
	paths, err := filepath.Glob(filepath.Join(backend, ".pulumi", "locks", "organization", project, stack, "*.json"))
	if err != nil {
		return nil, err
	}
	var locks []Lock
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // given back in this moment
		}
		lock := Lock{path: path}
		if err := errors.Join(err, json.Unmarshal(text, &lock)); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		locks = append(locks, lock)
	}
	return locks, nil
}

// Break removes a lock whose process is gone. One that may be alive, here or on
// another machine, is ErrBusy and stays.
func (l Lock) Break(host string, alive func(pid int) bool) error {
	if l.Host != host || alive(l.PID) {
		return fmt.Errorf("%w: process %d on %s; nothing was changed", ErrBusy, l.PID, l.Host)
	}
	return os.Remove(l.path)
}
