package release

import (
	"errors"

	"crane/internal/gate"
)

// The errors of this package. With any of them nothing was changed but what the
// error of a Write or a Copy says.
var (
	// ErrNone means that there is no receipt where one was looked for.
	ErrNone = errors.New("no receipt")
	// ErrMalformed means that what is there is not a whole receipt.
	ErrMalformed = errors.New("damaged receipt")
	// ErrTaken means that another receipt is where one was to be written.
	ErrTaken = errors.New("there is another receipt already")
	// ErrBundle means that bundles are not those that a receipt names.
	ErrBundle = errors.New("not the bundle that was verified")
	// ErrEdited means that a receipt is not the one that was signed.
	ErrEdited = errors.New("the receipt is not the one that was signed")
	// ErrForeign means that a receipt was signed by a job that is not the one
	// which verifies staging. It is a gate.ErrDenied too.
	ErrForeign = errors.New("the receipt is not of the workflow that verifies staging")
	// ErrSigner means that a receipt was not signed by the issuer of the gate.
	ErrSigner = gate.ErrSigner
	// ErrOld means that a receipt is older than it may be.
	ErrOld = gate.ErrOld
	// ErrDiffers means that production would run what staging has not verified.
	// Each difference is on a line of its own.
	ErrDiffers = errors.New("production would run what staging has not verified")
)
