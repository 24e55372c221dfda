package recovery

import (
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Life is how long a lock in a state that others share counts as held. Nobody can
// look at a process on another machine, so that a lock has to be older than any
// update may be: the jobs that update end after an hour, by timeout-minutes in
// deploy.yml and promote.yml, and the rest is for clocks that differ.
const Life = 90 * time.Minute

// The words in which Pulumi refuses a stack that is locked, and in which it names
// each lock: checkForLock in pkg/backend/diy/lock.go of github.com/pulumi/pulumi.
var (
	refusal = regexp.MustCompile(`the stack is currently locked by (\d+) lock\(s\)`)
	named   = regexp.MustCompile(`(?m): created by .*@(\S+) \(pid ([1-9]\d*)\) at (\S+)$`)
)

// Named are the locks for which Pulumi refuses a stack. There are none when it says
// anything else, or does not say of each lock that it counts whose and how old it
// is: then nobody knows that they are dead.
func Named(said string) []Lock {
	var locks []Lock
	for _, m := range named.FindAllStringSubmatch(said, -1) {
		pid, err := strconv.Atoi(m[2])
		taken, timeErr := time.Parse(time.RFC3339, m[3])
		if err == nil && timeErr == nil && !taken.IsZero() {
			locks = append(locks, Lock{PID: pid, Host: m[1], Time: taken})
		}
	}
	counted := refusal.FindAllStringSubmatch(said, -1)
	if len(counted) != 1 || counted[0][1] != strconv.Itoa(len(locks)) {
		return nil
	}
	return locks
}

// Youngest is the last lock that was taken, of at least one.
func Youngest(locks []Lock) Lock {
	return slices.MaxFunc(locks, func(a, b Lock) int { return a.Time.Compare(b.Time) })
}
