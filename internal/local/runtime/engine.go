package runtime

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"sync"
	"time"
)

//go:embed js/engine.js
var engineJS []byte

// uniqueKey names the databases' directory and is hashed into every file's
// name: changing it makes all databases start empty.
const uniqueKey = "crane-d1"

// queryLimit is how long one call to D1 may take, as on Cloudflare:
// https://developers.cloudflare.com/d1/platform/limits/
const queryLimit = 30 * time.Second

// engine is the one process that holds every database, and starts again when
// it has died.
type engine struct {
	launcher *launcher
	// disk holds the databases, states their earlier ones.
	disk, states string
	transport    *http.Transport

	timelinesMu sync.Mutex
	timelines   map[string]*timeline // by database

	mu     sync.Mutex
	proc   *process
	closed bool
}

func newEngine(l *launcher, disk string, limit time.Duration) *engine {
	return &engine{
		launcher: l, disk: disk, states: disk + "-states", transport: newTransport(limit),
		timelines: map[string]*timeline{},
	}
}

// running gives the live process, starting one if there is none.
func (e *engine) running(ctx context.Context) (*process, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, ErrClosed
	}
	if e.proc != nil && e.proc.alive() {
		return e.proc, nil
	}
	p, err := e.launcher.launch(ctx, e.program())
	if err != nil {
		return nil, fmt.Errorf("d1 engine: %w", err)
	}
	e.proc = p
	return p, nil
}

func (e *engine) program() program {
	return program{name: "d1", config: e.config, files: map[string][]byte{"engine.js": engineJS}}
}

// config serves workerd's bundled D1 module, which needs workerd 1.20261117 or
// later: https://github.com/cloudflare/workerd (its header says what it needs).
func (e *engine) config(key, socket string) (string, error) {
	d1 := fmt.Sprintf(`(name = "d1", worker = (compatibilityDate = %s, compatibilityFlags = ["experimental"],
    modules = [(name = "engine.js", esModule = embed "engine.js"), (name = "d1.js", bundled = "/workerd/d1.js")],
    durableObjectNamespaces = [(className = "Database", uniqueKey = %s, enableSql = true)],
    durableObjectStorage = (localDisk = "disk"),
    bindings = [(name = "KEY", text = %s), (name = "DATABASE", durableObjectNamespace = "Database")]))`,
		quote(entryDate), quote(uniqueKey), quote(key))
	disk := fmt.Sprintf(`(name = "disk", disk = (path = %s, writable = true))`, quote(e.disk))
	return document([]string{d1, disk}, "d1", socket), nil
}

// close ends the process for good. What was answered is on disk.
func (e *engine) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	if e.proc != nil {
		e.proc.stop(stopGrace)
	}
	e.transport.CloseIdleConnections()
}
