package infisical

import "errors"

// The errors of this package. None of them carries a secret's value.
var (
	// ErrStore means that the file of secrets cannot be read or written.
	ErrStore = errors.New("local secrets")
	// ErrNotFound means that a scope or a secret does not exist.
	ErrNotFound = errors.New("not found")
	// ErrName means that a secret cannot have this name or value.
	ErrName = errors.New("invalid secret")
)
