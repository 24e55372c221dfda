package recovery

import "errors"

// The errors of this package.
var (
	// ErrState means that an exported state is not what Pulumi exports.
	ErrState = errors.New("unreadable state")
	// ErrBusy means that another update is really running; nothing was changed.
	ErrBusy = errors.New("another update is running")
	// ErrLock means that a lock does not say whose it is, while its process may
	// be alive; nothing was changed.
	ErrLock = errors.New("unreadable lock")
)
