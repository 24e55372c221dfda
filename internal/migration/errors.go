package migration

import (
	"errors"
	"strings"
)

// ErrInvalid means that files cannot be migrations.
var ErrInvalid = errors.New("invalid migrations")

// InvalidError has every problem of every file. It is ErrInvalid.
type InvalidError struct {
	// Problems each begin with a file's name.
	Problems []string
}

func (e *InvalidError) Error() string {
	return ErrInvalid.Error() + ":\n  " + strings.Join(e.Problems, "\n  ")
}

// Unwrap gives ErrInvalid.
func (*InvalidError) Unwrap() error { return ErrInvalid }
