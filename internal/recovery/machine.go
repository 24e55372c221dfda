package recovery

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// first is the process that is older than all others of its machine.
const first = 1

// slack is how much later than its lock a process may seem to have begun: the
// kernel tells the time of its own start in whole seconds.
const slack = 10 * time.Second

// Machine is where locks are looked at.
type Machine struct {
	// Host is its name.
	Host string
	// Alive reports whether there is a process of a number.
	Alive func(pid int) bool
	// Started is when a process began, and zero where nobody knows.
	Started func(pid int) time.Time
}

// Here is this machine.
func Here() (Machine, error) {
	host, err := os.Hostname()
	return Machine{Host: host, Alive: alive, Started: started}, err
}

// reused reports whether a process is known to have begun only after a time:
// what happened then was another one's doing.
func (m Machine) reused(pid int, after time.Time) bool {
	start := m.Started(pid)
	return !start.IsZero() && !after.IsZero() && start.After(after.Add(slack))
}

// alive leaves out a process that has ended and whose parent never asked how.
func alive(pid int) bool {
	fields := stat(pid)
	return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) && (fields == nil || fields[0] != "Z")
}

func started(pid int) time.Time {
	boot, err := bootTime()
	fields := stat(pid)
	if err != nil || fields == nil {
		return time.Time{}
	}
	ticks, err := strconv.ParseInt(fields[19], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return boot.Add(time.Duration(ticks) * tick)
}

// stat are the fields that Linux has of a process, from the third on, see
// proc_pid_stat(5): first its state, as the twentieth when it began, in ticks
// since the boot. Elsewhere, and of no process, there are none.
func stat(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	// The second field is the program's name in parentheses, which may hold anything.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 20 {
		return nil
	}
	return fields
}

// tick is the kernel's USER_HZ, which is 100 on every architecture that Go has.
const tick = time.Second / 100

// bootTime is Linux's, see proc_stat(5).
func bootTime() (time.Time, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return time.Time{}, err
	}
	for line := range strings.Lines(string(text)) {
		if seconds, ok := strings.CutPrefix(line, "btime "); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(seconds), 10, 64)
			return time.Unix(n, 0), err
		}
	}
	return time.Time{}, errors.ErrUnsupported
}
