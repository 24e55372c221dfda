// Package runtime runs Workers and D1 databases on this machine: workerd
// processes from npm, one for every script and one that holds all databases
// in workerd's own D1 engine. Every process listens on a loopback port of its
// own and lets in nobody but this runtime.
//
// A script differs from one on Cloudflare in this: a service binding carries
// requests, not RPC; a Worker that throws behind one answers 500.
package runtime

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// idleLimit is how long a script's process stays without a request.
const idleLimit = 5 * time.Minute

// Config is what a Runtime needs.
type Config struct {
	// Workerd is the path of the binary, see Locate.
	Workerd string
	// Dir keeps the state: databases in d1, their earlier states in d1-states, and what a process needs while it
	// starts. One Runtime at a time may use it.
	Dir string
	// Log receives what the processes print, each line after a name.
	Log io.Writer
	// Idle is how long a script's process stays without a request; 5 minutes
	// if zero.
	Idle time.Duration
}

// Runtime is a running data plane. Its methods may be called concurrently.
type Runtime struct {
	launcher *launcher
	engine   *engine
	inner    *inner
	secret   secret
	idle     time.Duration
	// requests and crons differ in how long a script may take to answer.
	requests, crons *http.Transport

	closing context.Context // ends with Close
	cancel  context.CancelFunc
	closed  func() error // does the work of Close once

	mu        sync.Mutex
	instances map[slot]*instance // what is deployed now
	routes    map[slot]bool
	working   sync.WaitGroup // what Close waits for
}

// New starts the D1 engine, after it ended what a killed predecessor left
// behind. An engine that does not start is a *StartError.
func New(ctx context.Context, c Config) (*Runtime, error) {
	l, err := newLauncher(c)
	if err != nil {
		return nil, err
	}
	rt := &Runtime{
		launcher:  l,
		engine:    newEngine(l, filepath.Join(l.pids.state, "d1"), queryLimit),
		secret:    newSecret(),
		idle:      c.Idle,
		requests:  newTransport(answerLimit),
		crons:     newTransport(cronLimit),
		instances: map[slot]*instance{},
		routes:    map[slot]bool{},
	}
	if rt.idle == 0 {
		rt.idle = idleLimit
	}
	rt.closing, rt.cancel = context.WithCancel(context.Background())
	rt.closed = sync.OnceValue(rt.close)
	if err := rt.start(ctx); err != nil {
		return nil, errors.Join(err, rt.Close())
	}
	return rt, nil
}

func (rt *Runtime) start(ctx context.Context) (err error) {
	if err := finishRestores(filepath.Join(rt.engine.disk, uniqueKey)); err != nil {
		return err
	}
	if rt.inner, err = newInner(rt); err != nil {
		return err
	}
	_, err = rt.engine.running(ctx)
	return err
}

// newLauncher prepares the directory: state stays, the rest is made anew.
func newLauncher(c Config) (*launcher, error) {
	state, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, err
	}
	l := &launcher{
		workerd: c.Workerd,
		dir:     filepath.Join(state, "starting"),
		pids:    pids{dir: filepath.Join(state, "pids"), state: state},
		journal: &journal{out: c.Log},
	}
	for _, dir := range []string{filepath.Join(state, "d1"), l.pids.dir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	if err := l.pids.reap(); err != nil {
		return nil, err
	}
	if err := errors.Join(os.RemoveAll(l.dir), os.Mkdir(l.dir, 0o700)); err != nil {
		return nil, err
	}
	l.spawner = newSpawner()
	return l, nil
}

// Close stops every process and waits for them; requests in flight are cut. It
// may be called again.
func (rt *Runtime) Close() error { return rt.closed() }

func (rt *Runtime) close() error {
	rt.cancel()
	rt.mu.Lock()
	for at := range rt.instances {
		rt.replace(at, nil)
	}
	rt.mu.Unlock()
	rt.working.Wait()
	rt.engine.close()
	rt.requests.CloseIdleConnections()
	rt.crons.CloseIdleConnections()
	var err error
	if rt.inner != nil {
		err = rt.inner.close()
	}
	rt.launcher.spawner.close()
	return err
}

// newTransport connects to our own processes and lets them answer for at most
// limit until the headers are there.
func newTransport(limit time.Duration) *http.Transport {
	return &http.Transport{
		// workerd closes idle connections after 5 seconds; a request sent at
		// that moment would fail, so they are closed here first.
		IdleConnTimeout:       2 * time.Second,
		MaxIdleConnsPerHost:   64,
		ResponseHeaderTimeout: limit,
		// What a script compressed goes through as it is.
		DisableCompression: true,
	}
}
