package runtime

import (
	"errors"
	"fmt"
)

// The sentinel errors of this package.
var (
	// ErrNoWorkerd means that npm has not installed workerd for this system.
	ErrNoWorkerd = errors.New("no workerd")
	// ErrNoScript means that nothing is deployed under the account and name.
	ErrNoScript = errors.New("no such Worker")
	// ErrUnsupported means that a module or binding has a type this runtime
	// cannot give to workerd.
	ErrUnsupported = errors.New("not supported by the local runtime")
	// ErrEngineStopped means that the D1 engine ended while it answered. The
	// transaction is whole: either all of it is on disk or nothing. The next
	// query starts the engine again.
	ErrEngineStopped = errors.New("the D1 engine stopped while it answered")
	// ErrNoState means that a database has no such earlier state.
	ErrNoState = errors.New("there is no state")
	// ErrClosed means that the runtime was closed.
	ErrClosed = errors.New("the local runtime is closed")
)

// SQLError is a refusal of the D1 engine; its transaction was rolled back.
type SQLError struct {
	// Message is in the engine's words, such as
	// "no such table: x: SQLITE_ERROR".
	Message string
}

func (e *SQLError) Error() string { return e.Message }

// StartError is a workerd process that did not start: a script that throws or
// does not parse, or a configuration that workerd refuses.
type StartError struct {
	// Message is in workerd's own words.
	Message string
}

func (e *StartError) Error() string { return fmt.Sprintf("workerd did not start: %s", e.Message) }
