// Package hint carries, with an error, the command or the change that mends it.
package hint

import "errors"

// Error is an error that knows what to do next. The command line prints it as
// two lines: error: what happened and what was left unchanged, then hint: the
// next command.
type Error struct {
	// Err is what happened.
	Err error
	// Text is what to do next, lower case, without a full stop.
	Text string
}

// Wrap adds a hint to an error; a nil error stays nil.
func Wrap(err error, text string) error {
	if err == nil {
		return nil
	}
	return &Error{Err: err, Text: text}
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap gives the error without its hint.
func (e *Error) Unwrap() error { return e.Err }

// Hint is what to do next.
func (e *Error) Hint() string { return e.Text }

// Of finds the outermost hint in an error's chain, or the empty string.
func Of(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}
