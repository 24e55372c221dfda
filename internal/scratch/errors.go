package scratch

import (
	"errors"
	"strings"

	"modernc.org/sqlite"
)

// The errors of this package.
var (
	// ErrLoad means that a schema cannot be made here.
	ErrLoad = errors.New("the schema cannot be rebuilt in a scratch database")
	// ErrRefused means that SQLite refused a statement.
	ErrRefused = errors.New("SQLite refused the statement")
)

// RefusedError is a statement that SQLite refused. It is ErrRefused.
type RefusedError struct {
	// Message is SQLite's own, such as: no such table: x.
	Message string
}

func (e *RefusedError) Error() string { return e.Message }

// Unwrap gives ErrRefused.
func (*RefusedError) Unwrap() error { return ErrRefused }

// refused takes the driver's words off: "SQL logic error: x (1)" is x.
func refused(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*sqlite.Error](err); !ok {
		return err
	}
	text := err.Error()
	for _, prefix := range []string{"SQL logic error: ", "constraint failed: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	if i := strings.LastIndex(text, " ("); i >= 0 {
		text = text[:i]
	}
	return &RefusedError{Message: text}
}
