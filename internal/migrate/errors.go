package migrate

import (
	"errors"
	"fmt"
	"strings"

	"crane/internal/cloudflare"
	"crane/internal/hint"
	"crane/internal/migration"
)

// The errors of this package.
var (
	// ErrInvalid means that files cannot be migrations.
	ErrInvalid = migration.ErrInvalid
	// ErrConflict means that the files and what a database has do not agree.
	ErrConflict = errors.New("the migrations do not continue what was applied")
	// ErrLint means that the linter refuses a file.
	ErrLint = errors.New("refused by the linter")
	// ErrUnledgered means that a database has tables but no ledger.
	ErrUnledgered = errors.New("the database has tables, but no ledger says which migrations made them")
	// ErrLedgered means that a database has a ledger already.
	ErrLedgered = errors.New("the database has a ledger already")
	// ErrNumber means that no file has a number.
	ErrNumber = errors.New("no migration has the number")
	// ErrAstray means that crane's ledger and wrangler's were edited apart.
	ErrAstray = errors.New("the two ledgers do not agree")
	// ErrDrift means that a live schema is not the one that was last seen.
	ErrDrift = errors.New("the schema was changed since it was last looked at")
	// ErrReplay means that files cannot be replayed in a scratch database.
	ErrReplay = errors.New("the applied migrations cannot be replayed")
	// ErrLoss means that the guard stopped a file that lost rows or left orphans.
	ErrLoss = errors.New("stopped by the guard")
	// ErrRace means that another run applied a file at the same time.
	ErrRace = errors.New("another run applied it at the same time")
	// ErrUnknown means that nobody knows whether a file was committed.
	ErrUnknown = errors.New("it is not known whether it was committed")
)

// ConflictError has everything that stands against applying. It is ErrConflict.
type ConflictError struct {
	// Problems each begin with a file's name.
	Problems []string
}

func (e *ConflictError) Error() string {
	return list(ErrConflict, e.Problems) + "\nnothing was applied"
}

// Unwrap gives ErrConflict.
func (*ConflictError) Unwrap() error { return ErrConflict }

// Hint says how a file comes back, and how a change is made instead.
func (e *ConflictError) Hint() string {
	const back = "bring the file back (git checkout, or from whoever applied it)"
	const instead = "leave applied files as they were, and put the change into a new file with a higher number"
	gone := 0
	for _, problem := range e.Problems {
		if strings.HasSuffix(problem, "its file is gone") {
			gone++
		}
	}
	switch gone {
	case 0:
		return instead
	case len(e.Problems):
		return back + ", and run the same command again"
	default:
		return back + "; " + instead
	}
}

// FileError is a file that D1 refused. It committed nothing.
type FileError struct {
	// Name is the file's.
	Name string
	// Position is line:column in the file, empty when that is not known.
	Position string
	// Err is what D1 or the API said.
	Err error
}

func (e *FileError) Error() string {
	return fmt.Sprintf("%s: %v; this file committed nothing", strings.Trim(e.Name+":"+e.Position, ":"), e.Err)
}

func (e *FileError) Unwrap() error { return e.Err }

// UnknownError is a file whose answer was lost, while the ledger could not be
// read either. It is ErrUnknown.
type UnknownError struct {
	// Name is the file's.
	Name string
	// Err is how the answer was lost.
	Err error
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("%s: %v, and the ledger cannot be read: %v", e.Name, e.Err, ErrUnknown)
}

// Unwrap gives ErrUnknown and how the answer was lost.
func (e *UnknownError) Unwrap() []error { return []error{ErrUnknown, e.Err} }

// PartialError is a run that stopped at a file.
type PartialError struct {
	// Applied are the files that this run committed before, in order.
	Applied []string
	// Failed is the file it stopped at. Later files were not sent.
	Failed string
	// Err is why, usually a FileError.
	Err error
}

func (e *PartialError) Error() string {
	if len(e.Applied) == 0 {
		return fmt.Sprintf("%v, and nothing was applied before it", e.Err)
	}
	return fmt.Sprintf("%v; already applied in this run: %s", e.Err, strings.Join(e.Applied, ", "))
}

func (e *PartialError) Unwrap() error { return e.Err }

// Hint says what to do with the failed file.
func (e *PartialError) Hint() string {
	if text := hint.Of(e.Err); text != "" {
		return text
	}
	if _, refused := errors.AsType[*cloudflare.SQLError](e.Err); refused {
		return fmt.Sprintf("mend %s and run the same command again", e.Failed)
	}
	return "run the same command again: it continues from what the ledger then says"
}

func list(what error, problems []string) string {
	return what.Error() + ":\n  " + strings.Join(problems, "\n  ")
}
