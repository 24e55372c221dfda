package lint

import "errors"

// ErrUnknownRule means that there is no rule of this name; the message has those
// that there are.
var ErrUnknownRule = errors.New("there is no rule")
