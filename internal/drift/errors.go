package drift

import "errors"

// The errors of this package.
var (
	// ErrAnswer means that what Pulumi printed is not the document of a preview.
	ErrAnswer = errors.New("unreadable preview of pulumi refresh")
	// ErrDrift means that what exists is not what the state has.
	ErrDrift = errors.New("staging has drifted")
	// ErrInterrupted means that an update did not end, so that the state is not
	// to be compared with anything.
	ErrInterrupted = errors.New("an update was interrupted")
	// ErrUnread means that not everything that the state has could be read.
	ErrUnread = errors.New("staging could not be compared")
)
