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
	// ErrInput means that a resource's inputs are refused before any request.
	ErrInput = errors.New("invalid inputs")
	// ErrImport means that an id to import is not of the documented form.
	ErrImport = errors.New("invalid import id")
	// ErrUnreachable means that the API gave no answer.
	ErrUnreachable = errors.New("the Cloudflare API does not answer")
)

// hinted adds the next command to an error. Pulumi shows nothing of a plugin's
// error but its text, so the hint is in the text as well.
func hinted(err error, next string) error {
	return hint.Wrap(fmt.Errorf("%w\nhint: %s", err, next), next)
}
