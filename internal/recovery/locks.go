package recovery

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"crane/internal/hint"
)

// Lock is a lock file of Pulumi's own backend, see pkg/backend/diy/lock.go in
// github.com/pulumi/pulumi: it has no expiry, so that a process that was killed
// leaves it for ever.
type Lock struct {
	// PID and Host are the process that took it. A power cut may leave a file
	// that does not say: PID is 0 then.
	PID  int    `json:"pid"`
	Host string `json:"hostname"`
	// Time is when it was taken; of a file that does not say whose it is, when
	// that was written.
	Time time.Time `json:"timestamp"`

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
		lock, err := readLock(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // given back in this moment
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w; nothing was changed", ErrLock, err)
		}
		locks = append(locks, lock)
	}
	return locks, nil
}

func readLock(path string) (Lock, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Lock{}, err
	}
	lock := Lock{path: path}
	if json.Unmarshal(text, &lock) == nil && lock.PID > 0 {
		return lock, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return Lock{}, err
	}
	return Lock{path: path, Time: info.ModTime()}, nil
}

func (l Lock) String() string {
	if l.PID == 0 {
		return "the unreadable lock " + filepath.Base(l.path) + ", older than any process"
	}
	return fmt.Sprintf("the lock of process %d, which has died", l.PID)
}

// Held is the error when the process that took a lock may be alive, here or on
// another machine: ErrBusy, or ErrLock when nobody knows which process that is.
func (l Lock) Held(m Machine) error {
	switch {
	case l.PID == 0 && m.reused(first, l.Time):
		return nil // Pulumi puts a lock in place whole, so whoever did is older than the machine
	case l.PID == 0:
		return hint.Wrap(fmt.Errorf("%w: %s does not say whose it is; nothing was changed", ErrLock, l.path),
			fmt.Sprintf("see that no pulumi runs, then rm '%s'", l.path))
	case l.Host != m.Host || m.Alive(l.PID) && !m.reused(l.PID, l.Time):
		return fmt.Errorf("%w: process %d on %s; nothing was changed", ErrBusy, l.PID, l.Host)
	}
	return nil
}

// Break removes a lock that is not held.
func (l Lock) Break(m Machine) error {
	if err := l.Held(m); err != nil {
		return err
	}
	return os.Remove(l.path)
}
