package runtime

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errHalted ends a request that outlived its version's drainLimit.
var errHalted = errors.New("this version was replaced")

const (
	// drainLimit is how long requests to a replaced script may still take.
	drainLimit = 5 * time.Second
	// stopGrace is how long a process may take to end after being asked.
	stopGrace = time.Second
)

// instance is one deployed version of a script and its process, if it has one.
type instance struct {
	script Script
	launch func(context.Context) (*process, error)
	// idle is how long the process stays without a request.
	idle time.Duration

	starting sync.Mutex // held while a process starts or rests
	halted   bool       // no process starts any more; under starting

	mu      sync.Mutex
	proc    *process
	busy    int // requests in flight
	timer   *time.Timer
	drained chan struct{} // closed when retired and not busy
	retired bool
}

func newInstance(s Script, idle time.Duration, launch func(context.Context) (*process, error)) *instance {
	return &instance{script: s, launch: launch, idle: idle, drained: make(chan struct{})}
}

// acquire announces a request; release must follow.
func (i *instance) acquire() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.busy++
	if i.timer != nil {
		i.timer.Stop()
	}
}

// release ends a request; the last one starts the idle clock.
func (i *instance) release() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.busy--
	switch {
	case i.busy > 0:
	case i.retired:
		close(i.drained)
	case i.timer == nil:
		i.timer = time.AfterFunc(i.idle, i.rest)
	default:
		i.timer.Reset(i.idle)
	}
}

// rest stops the process of a script that nobody asks. A request that comes
// meanwhile waits for the end as it would for a start.
func (i *instance) rest() {
	i.starting.Lock()
	defer i.starting.Unlock()
	if p := i.unneeded(); p != nil {
		p.stop(stopGrace)
	}
}

// unneeded takes the process away if there is no request.
func (i *instance) unneeded() *process {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.busy > 0 {
		return nil
	}
	p := i.proc
	i.proc = nil
	return p
}

// running gives the live process, starting one if there is none. The caller
// has acquired the instance.
func (i *instance) running(ctx context.Context) (*process, error) {
	i.starting.Lock()
	defer i.starting.Unlock()
	if i.halted {
		return nil, errHalted
	}
	if p := i.current(); p != nil && p.alive() {
		return p, nil
	}
	p, err := i.launch(ctx)
	if err != nil {
		return nil, err
	}
	i.mu.Lock()
	i.proc = p
	i.mu.Unlock()
	return p, nil
}

func (i *instance) current() *process {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.proc
}

// retire waits for the requests in flight, for drainLimit or until hurry, and
// stops the process. Nobody acquires a retired instance.
func (i *instance) retire(hurry <-chan struct{}) {
	i.mu.Lock()
	i.retired = true
	if i.timer != nil {
		i.timer.Stop()
	}
	if i.busy == 0 {
		close(i.drained)
	}
	i.mu.Unlock()
	limit := time.NewTimer(drainLimit)
	defer limit.Stop()
	select {
	case <-i.drained:
	case <-limit.C:
	case <-hurry:
	}
	i.halt()
}

// halt stops the process, waiting for one that is just starting.
func (i *instance) halt() {
	i.starting.Lock()
	defer i.starting.Unlock()
	i.halted = true
	if p := i.current(); p != nil {
		p.stop(stopGrace)
	}
}
