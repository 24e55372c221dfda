package main

import (
	"errors"
	"fmt"

	"crane/internal/hint"
)

// The errors of this package.
var (
	// ErrDomain means that a domain is not the account's.
	ErrDomain = errors.New("the domain is not the account's")
)

// hinted spells out an error's hint: of an error, Pulumi shows the text only.
func hinted(err error) error {
	if text := hint.Of(err); text != "" {
		return fmt.Errorf("%w\nhint: %s", err, text)
	}
	return err
}
