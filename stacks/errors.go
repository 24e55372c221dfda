package stacks

import "errors"

// The errors of this package.
var (
	// ErrUnknownStack means that a stack is neither staging nor production.
	ErrUnknownStack = errors.New("unknown stack")
	// ErrInvalid means that the fleet has problems, each on a line of its own.
	ErrInvalid = errors.New("invalid fleet")
)
