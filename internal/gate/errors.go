package gate

import "errors"

// The errors of this package. None of them carries a token.
var (
	// ErrPolicy means that a declared gate is one through which nobody, or more
	// than one workflow, could go. Each of its problems is on a line of its own.
	ErrPolicy = errors.New("the gate of stacks/production.go cannot be used")
	// ErrDenied means that production may not be changed. Whatever is missing,
	// unknown or in doubt is denied, so that every error of Policy's checks is one.
	ErrDenied = errors.New("production may not be changed")
	// ErrSigner means that a token is not signed by the issuer of the gate.
	ErrSigner = errors.New("not signed by the issuer of the gate")
	// ErrAudience means that a token is good, but was made for something else.
	ErrAudience = errors.New("made for something else")
	// ErrOld means that a receipt is older than Gate.ReceiptLife.
	ErrOld = errors.New("the receipt is too old")
	// ErrKeys means that the keys of an issuer cannot be had.
	ErrKeys = errors.New("no keys of the issuer")
)
