package fault

import (
	"sync"
	"time"

	"crane/internal/local/api"
	"crane/internal/local/runtime"
)

// Edge is a runtime in which uploads can take a while to arrive. Everything
// else is the runtime's own.
type Edge struct {
	api.Runtime
	faults *Set

	mu     sync.Mutex
	coming map[slot]*arrival
}

// slot is where a script is deployed.
type slot struct{ account, name string }

// arrival is a version that is on its way.
type arrival struct{ timer *time.Timer }

// Edge puts the Propagation faults before a runtime.
func (s *Set) Edge(rt api.Runtime) *Edge {
	return &Edge{Runtime: rt, faults: s, coming: map[slot]*arrival{}}
}

// Deploy makes a version the one that answers, now or when it arrives. A later
// version takes the place of one that is on its way.
func (e *Edge) Deploy(script runtime.Script) {
	at := slot{script.Account, script.Name}
	delay, _ := e.faults.meet(API, true, "", api.Prefix+"/accounts/"+at.account+"/workers/scripts/"+at.name)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.drop(at)
	if delay == 0 {
		e.Runtime.Deploy(script)
		return
	}
	next := &arrival{}
	next.timer = time.AfterFunc(delay, func() { e.arrive(at, next, script) })
	e.coming[at] = next
}

// arrive deploys a version unless something else has happened to its script.
func (e *Edge) arrive(at slot, next *arrival, script runtime.Script) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.coming[at] == next {
		delete(e.coming, at)
		e.Runtime.Deploy(script)
	}
}

// Remove stops a script, and one that is on its way.
func (e *Edge) Remove(account, name string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.drop(slot{account, name})
	e.Runtime.Remove(account, name)
}

// drop forgets the version that is on its way. The caller holds mu.
func (e *Edge) drop(at slot) {
	if next := e.coming[at]; next != nil {
		next.timer.Stop()
		delete(e.coming, at)
	}
}
