package workflow

import (
	"errors"
	"fmt"

	"crane/internal/hint"
)

// The errors of this package, which only reads.
var (
	// ErrMalformed means that a file is no workflow, or has something in it that
	// no rule here has thought about.
	ErrMalformed = errors.New("not a workflow of this project")
	// ErrNone means that there is no such job.
	ErrNone = errors.New("no such job")
	// ErrExpression means that an expression is not one of the simple ones, or
	// that its value was not given.
	ErrExpression = errors.New("expression not understood")
)

func none(file, job string) error {
	return hint.Wrap(fmt.Errorf("%w: %s in %s; nothing was run", ErrNone, job, file), "ls .github/workflows")
}

func malformed(name string, err error) error {
	return hint.Wrap(fmt.Errorf("%w: %s: %w; nothing was checked", ErrMalformed, name, err),
		"take it out of the file, or give internal/workflow a rule for it")
}

func misunderstood(text, why string) error {
	return hint.Wrap(fmt.Errorf("%w: %s: %s; nothing was run", ErrExpression, text, why),
		"write ${{ a.b }} or ${{ a.b || c.d }}, and put conditions into if")
}
