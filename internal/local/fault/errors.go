package fault

import "errors"

// The errors of this package.
var (
	// ErrInvalid means that a fault cannot be: its kind, a number, or its path.
	ErrInvalid = errors.New("invalid fault")
	// ErrControl means that the control endpoint refused or did not answer.
	ErrControl = errors.New("the control endpoint of the local Cloudflare failed")
)
