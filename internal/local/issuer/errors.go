package issuer

import "errors"

// The errors of this package. None of them carries a token or the key.
var (
	// ErrKey means that the file of the key cannot be read or written.
	ErrKey = errors.New("local issuer")
	// ErrStart means that a job was not started: nothing changed.
	ErrStart = errors.New("no job was started")
)
