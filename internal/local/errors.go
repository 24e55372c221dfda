package local

import "errors"

// The errors of this package. Each leaves the state of the local Cloudflare as
// it was.
var (
	// ErrPortBusy means that another program listens where we want to.
	ErrPortBusy = errors.New("port in use")
	// ErrNotLocal means that a stack's configuration points at the real Cloudflare.
	ErrNotLocal = errors.New("the stack is not on the local Cloudflare")
	// ErrNotRunning means that no local Cloudflare holds this folder.
	ErrNotRunning = errors.New("the local Cloudflare is not running")
	// ErrRunning means that a local Cloudflare holds this folder.
	ErrRunning = errors.New("the local Cloudflare is running")
	// ErrElsewhere means that it runs, but on other addresses than the stack file says.
	ErrElsewhere = errors.New("the local Cloudflare runs on other addresses")
	// ErrStart means that the server ended before it was ready.
	ErrStart = errors.New("the local Cloudflare did not start")
)
