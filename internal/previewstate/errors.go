package previewstate

import "errors"

// The errors of this package. Nothing was written when one is returned.
var (
	// ErrState means that the text is no state whose secrets can be seen.
	ErrState = errors.New("it is no state to make a preview state from")
	// ErrPending means that an update did not end: what there is would be told
	// wrongly.
	ErrPending = errors.New("an update of the stack did not end")
	// ErrLeft means that something which is a secret, or looks like one, would be
	// published.
	ErrLeft = errors.New("the preview state would show a secret")
)
