package secrets

import "errors"

// The errors of this package. None of them ever carries a secret's value.
var (
	// ErrConfig means that a source is not described well enough to be asked.
	ErrConfig = errors.New("infisical is not configured")
	// ErrDenied means that the source refused the identity.
	ErrDenied = errors.New("infisical refused the identity")
	// ErrNotFound means that the source has no such project, environment or path.
	ErrNotFound = errors.New("infisical has no such place")
	// ErrUnavailable means that the source did not answer as it should.
	ErrUnavailable = errors.New("infisical is not available")
	// ErrHidden means that the identity may list secrets but not read them.
	ErrHidden = errors.New("infisical hides the values")
	// ErrMissing means that a scope lacks secrets that are wanted.
	ErrMissing = errors.New("missing secrets")
)
