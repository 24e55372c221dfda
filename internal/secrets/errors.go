package secrets

import "errors"

// The errors of this package. None of them ever carries a secret's value.
var (
	// ErrConfig means that a source is not described well enough to be asked.
	ErrConfig = errors.New("the source of secrets is not configured")
	// ErrPreview means that a source is good for previews only.
	ErrPreview = errors.New("placeholders are for previews only")
	// ErrDenied means that the source refused the identity.
	ErrDenied = errors.New("infisical refused the identity")
	// ErrNotFound means that the source has no such project, environment or path.
	ErrNotFound = errors.New("infisical has no such place")
	// ErrLimited means that the source was asked too often.
	ErrLimited = errors.New("infisical is asked too often")
	// ErrUnavailable means that the source did not answer as it should.
	ErrUnavailable = errors.New("infisical is not available")
	// ErrLife means that a token would live longer than was declared.
	ErrLife = errors.New("infisical gave a token that lives too long")
	// ErrHidden means that the identity may list secrets but not read them.
	ErrHidden = errors.New("infisical hides the values")
	// ErrMissing means that a scope lacks secrets that are wanted.
	ErrMissing = errors.New("missing secrets")
	// ErrShort means that a value is too short to be kept out of output.
	ErrShort = errors.New("too short to be a secret")
	// ErrLong means that a value is longer than Cloudflare takes.
	ErrLong = errors.New("longer than Cloudflare takes")
	// ErrShared means that two stacks hold the same value of an infra secret.
	ErrShared = errors.New("shared infra secrets")
	// ErrUnproved means that a proof says nothing of secrets that it should.
	ErrUnproved = errors.New("the proof lacks secrets")
	// ErrKeys means that two stacks have different fingerprint keys, so that
	// nothing they hold can be compared.
	ErrKeys = errors.New("the fingerprint keys differ")
)
