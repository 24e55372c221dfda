package bench

import "errors"

// The errors of this package.
var (
	// ErrConfig means that there is nothing sensible to measure; nothing was done.
	ErrConfig = errors.New("bench")
	// ErrCommand means that a measured command failed; its output is in the error.
	ErrCommand = errors.New("the command failed")
	// ErrTools means that a tool is not where `make tools` puts it.
	ErrTools = errors.New("missing tool")
)
