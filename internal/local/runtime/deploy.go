package runtime

import (
	"context"
	"time"
)

// Check starts a script once, as it would run, and stops it. startup is the
// time from the start of its process until it serves. A script that throws or
// does not parse is a *StartError; a module or binding that this runtime does
// not know is ErrUnsupported.
func (rt *Runtime) Check(ctx context.Context, s Script) (startup time.Duration, err error) {
	ctx, done, err := rt.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	begin := time.Now()
	p, err := rt.launcher.launch(ctx, rt.config(s).program())
	if err != nil {
		return 0, err
	}
	startup = time.Since(begin)
	p.stop(stopGrace)
	return startup, nil
}

// enter begins work that Close ends early and waits for.
func (rt *Runtime) enter(ctx context.Context) (context.Context, func(), error) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if rt.closing.Err() != nil {
		return nil, nil, ErrClosed
	}
	rt.working.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(rt.closing, cancel)
	return ctx, func() { stop(); cancel(); rt.working.Done() }, nil
}

func (rt *Runtime) config(s Script) scriptConfig {
	return scriptConfig{script: s, inner: rt.inner.addr(), secret: rt.secret}
}

// Deploy makes s the version that answers for its account and name. Its
// process starts with the first request; the old one ends when its requests
// have, or 5 seconds later; what its waitUntil still does then is cut.
func (rt *Runtime) Deploy(s Script) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if rt.closing.Err() != nil {
		return
	}
	rt.replace(s.slot(), newInstance(s, rt.idle, func(context.Context) (*process, error) {
		// A client that goes away must not spoil the start for the others.
		return rt.launcher.launch(rt.closing, rt.config(s).program())
	}))
}

// Remove ends a script and its route; one that is not there is no error.
func (rt *Runtime) Remove(account, name string) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	delete(rt.routes, slot{account, name})
	rt.replace(slot{account, name}, nil)
}

// replace puts an instance, or nothing, where another one was. The caller
// holds mu.
func (rt *Runtime) replace(at slot, next *instance) {
	old := rt.instances[at]
	if next != nil {
		rt.instances[at] = next
	} else {
		delete(rt.instances, at)
	}
	if old != nil {
		rt.working.Go(func() { old.retire(rt.closing.Done()) })
	}
}

// SetRoute decides whether http://<script>.localhost answers. It is kept when
// the script is deployed again, and is off at first.
func (rt *Runtime) SetRoute(account, name string, on bool) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if on {
		rt.routes[slot{account, name}] = true
	} else {
		delete(rt.routes, slot{account, name})
	}
}

// acquire gives what is deployed at a slot, announced as busy, or nil.
func (rt *Runtime) acquire(at slot) *instance {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	i := rt.instances[at]
	if i != nil {
		i.acquire()
	}
	return i
}
