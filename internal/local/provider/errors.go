package provider

import (
	"errors"
	"fmt"

	"crane/internal/hint"
)

// The errors of this package. None of them carries a token or a secret's text.
var (
	// ErrConfig means that the provider's configuration is refused; no request was made.
	ErrConfig = errors.New("cloudflare stand-in plugin")
	// ErrExists means that a script to be created is there already.
	ErrExists = errors.New("script already exists")
	// ErrGone means that a database which the state has no longer exists.
	ErrGone = errors.New("the D1 database is gone, and its data with it")
	// ErrInput means that a resource's inputs are refused before any request.
	ErrInput = errors.New("invalid inputs")
	// ErrImport means that an id to import is not of the documented form.
	ErrImport = errors.New("invalid import id")
	// ErrUnreachable means that the API gave no answer.
	ErrUnreachable = errors.New("the Cloudflare API does not answer")
)

// The next command after an object was found that the state lacks, and after
// one was lost that cannot be made again by an update alone.
const (
	recoverHint = "crane recover"
	driftHint   = "crane drift"
)

// hinted adds the next command to an error. Pulumi shows nothing of a plugin's
// error but its text, so the hint is in the text as well.
func hinted(err error, next string) error {
	return hint.Wrap(fmt.Errorf("%w\nhint: %s", err, next), next)
}
