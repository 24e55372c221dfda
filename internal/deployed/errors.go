package deployed

import "errors"

// ErrState means that an exported state is not one that this program's updates
// leave behind.
var ErrState = errors.New("unreadable state")
