package promotion

import "errors"

// The errors of this package. With any of them nothing was changed.
var (
	// ErrClosed means that an update of production came from outside the gate.
	ErrClosed = errors.New("production is closed")
	// ErrNone means that no promotion was prepared in this checkout.
	ErrNone = errors.New("no promotion was prepared")
	// ErrCheckout means that the files here are not those of the receipt's commit.
	ErrCheckout = errors.New("the checkout is not what staging verified")
	// ErrAccount means that a stack is configured for the account of another one.
	ErrAccount = errors.New("not this stack's account")
)
