package store

import "errors"

// The ways in which the state refuses.
var (
	// ErrDamaged is a file under the state folder that is not what was written.
	ErrDamaged = errors.New("damaged file in the local state")
	// ErrKey is a key that could not be a file's name.
	ErrKey = errors.New("unusable key")
)
