package bundle

import (
	"errors"
	"fmt"
)

// The errors of this package. Nothing is ever written, so a refused bundle
// leaves everything as it was.
var (
	// ErrEntry means that there is no file to start from.
	ErrEntry = errors.New("no such entry")
	// ErrSyntax means that a file does not parse, or that esbuild cannot
	// express it.
	ErrSyntax = errors.New("does not parse")
	// ErrUnresolved means that an import leads nowhere.
	ErrUnresolved = errors.New("cannot resolve an import")
	// ErrNodeModule means that a module of Node.js is imported without the
	// compatibility flag that has it.
	ErrNodeModule = errors.New("needs nodejs_compat")
	// ErrModuleType means that an import cannot become part of one ES module.
	ErrModuleType = errors.New("cannot be part of one module")
	// ErrOutside means that a file was found outside the project, where another
	// machine would not have it.
	ErrOutside = errors.New("outside the project")
	// ErrNoDefaultExport means that Cloudflare would find no handler to call.
	ErrNoDefaultExport = errors.New("no default export")
	// ErrTooLarge means that Cloudflare would refuse the bundle for its size.
	ErrTooLarge = errors.New("bundle too large")
)

// Problem is one thing that is wrong with one place of the source.
type Problem struct {
	// File is relative to the project's root, with slashes.
	File string
	// Line and Column count from 1, the column in bytes.
	Line, Column int
	// Text is what is wrong.
	Text string
	// Kind is one of this package's errors.
	Kind error
	// Next is what to do about it, or empty.
	Next string
}

func (p *Problem) Error() string {
	if p.File == "" {
		return p.Text
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text)
}

// Unwrap makes it an error of its kind.
func (p *Problem) Unwrap() error { return p.Kind }

// Hint is what to do next.
func (p *Problem) Hint() string { return p.Next }
