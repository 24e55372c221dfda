package wrangler

import "errors"

// The errors of this package.
var (
	// ErrNotStaging means that a configuration was asked for that could reach
	// another stack than staging.
	ErrNotStaging = errors.New("wrangler is for staging only")
	// ErrUnknownWorker means that the fleet has no such Worker.
	ErrUnknownWorker = errors.New("unknown worker")
	// ErrUnknownDatabase means that the fleet has no such database.
	ErrUnknownDatabase = errors.New("unknown database")
	// ErrAccount means that an account's id is not one.
	ErrAccount = errors.New("no account id")
	// ErrStray means that a file would be read by wrangler besides, or instead
	// of, the generated ones.
	ErrStray = errors.New("a wrangler configuration that crane did not write")
)
