package main

import (
	"errors"
	"fmt"

	"crane/internal/hint"
	"crane/stacks"
)

// errClosed means that an update of production was asked for outside the gate.
var errClosed = errors.New("production is closed")

// closed refuses every update of production: there is no gate yet that could
// let one through. A preview cannot change anything and is let through.
func closed(stack stacks.Stack, preview bool) error {
	if stack.Name != stacks.Production.Name || preview {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: it changes only through the gated workflow; nothing was changed", errClosed),
		"deploy to staging instead: pulumi up -s staging")
}
