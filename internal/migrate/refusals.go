package migrate

import (
	"fmt"
	"strings"

	"crane/internal/lint"
	"crane/internal/schema"
)

// LintError has the verdict of every pending file. It is ErrLint.
type LintError struct {
	Verdicts []lint.Verdict
	// Rows says about how many rows tables have, where that is known.
	Rows map[string]string
}

func (e *LintError) Error() string {
	var lines []string
	for _, v := range e.Verdicts {
		for _, f := range v.Findings {
			if f.Refuses() {
				lines = append(lines, f.String()+e.rows(f), "    instead: "+strings.Join(strings.Fields(f.Rewrite), " "))
				if f.Level == lint.Risk {
					lines = append(lines, "    or, if it may be, in the file: -- crane:accept "+f.Rule+" <reason>")
				}
			}
		}
	}
	return list(ErrLint, lines) + "\nnothing was applied"
}

// rows tells how many rows a finding is about.
func (e *LintError) rows(f lint.Finding) string {
	if class := e.Rows[f.Table]; class != "" && class != "0" {
		return fmt.Sprintf(" (%s has %s rows)", f.Table, class)
	}
	return ""
}

// Unwrap gives ErrLint.
func (*LintError) Unwrap() error { return ErrLint }

// Hint says where a rule is explained.
func (e *LintError) Hint() string {
	for _, v := range e.Verdicts {
		for _, f := range v.Findings {
			if f.Refuses() {
				return "crane migrate lint --explain " + f.Rule
			}
		}
	}
	return ""
}

// UnledgeredError is a database that was not made by migrations. It is ErrUnledgered.
type UnledgeredError struct {
	// Objects is how many tables, indexes, views and triggers there are.
	Objects int
	// First is the first file.
	First string
}

func (e *UnledgeredError) Error() string {
	return fmt.Sprintf("%v (tables, indexes, views, triggers: %d); nothing was written", ErrUnledgered, e.Objects)
}

// Unwrap gives ErrUnledgered.
func (*UnledgeredError) Unwrap() error { return ErrUnledgered }

// Hint says how they are noted.
func (e *UnledgeredError) Hint() string {
	number, _, _ := strings.Cut(e.First, "_")
	return fmt.Sprintf("crane migrate baseline --upto %s, with the number of the last file whose tables are there", number)
}

// LedgeredError is a database that needs no baseline. It is ErrLedgered.
type LedgeredError struct {
	// Head is the last file in it.
	Head string
}

func (e *LedgeredError) Error() string {
	return fmt.Sprintf("%v, up to %s; nothing was written", ErrLedgered, e.Head)
}

// Unwrap gives ErrLedgered.
func (*LedgeredError) Unwrap() error { return ErrLedgered }

// Hint says where to look.
func (*LedgeredError) Hint() string { return "crane migrate status" }

// DriftError is a schema that somebody changed past the migrations. It is ErrDrift.
type DriftError struct{ Changes []schema.Change }

func (e *DriftError) Error() string {
	return fmt.Sprintf("%v:\n%s\nnothing was applied", ErrDrift, schema.Text(e.Changes))
}

// Unwrap gives ErrDrift.
func (*DriftError) Unwrap() error { return ErrDrift }

// Hint says how the change is undone, or taken for granted.
func (*DriftError) Hint() string {
	return "undo the change by hand, or put it into a migration; then pulumi refresh --stack staging --yes, and the same command again"
}

// LossError is a file that the guard stopped. It committed nothing. It is ErrLoss.
type LossError struct {
	// Name is the file's.
	Name string
	// Lost is such as: notes 3 to 0.
	Lost string
	// Orphans is such as: notes of sessions 0 to 2.
	Orphans string
	// Rules are those that would have to be accepted.
	Rules []string
}

func (e *LossError) Error() string {
	what := "would have taken away its own row of crane_migrations"
	switch {
	case e.Lost != "":
		what = "would have lost rows: " + e.Lost
	case e.Orphans != "":
		what = "would have left references to nothing: " + e.Orphans
	}
	return fmt.Sprintf("%s: %v: it %s; this file committed nothing", e.Name, ErrLoss, what)
}

// Unwrap gives ErrLoss.
func (*LossError) Unwrap() error { return ErrLoss }

// Hint names the acknowledgement, if there is one.
func (e *LossError) Hint() string {
	switch {
	case e.Lost == "" && e.Orphans == "":
		return "leave the tables d1_migrations and crane_migrations to the tools"
	case e.Lost == "":
		return "mend the references in the same file, before it ends"
	case len(e.Rules) == 0:
		return "keep the rows: the linter did not foresee this loss, so that it cannot be acknowledged"
	default:
		return fmt.Sprintf("keep the rows, or say in the file that they may go: -- crane:accept %s <reason>", e.Rules[0])
	}
}

// RaceError is a file that somebody else committed in the meantime. It is ErrRace.
type RaceError struct {
	// Name is the file's.
	Name string
	// Err is what D1 said.
	Err error
}

func (e *RaceError) Error() string {
	return fmt.Sprintf("%s: %v; nothing was applied twice", e.Name, ErrRace)
}

// Unwrap gives ErrRace and what D1 said.
func (e *RaceError) Unwrap() []error { return []error{ErrRace, e.Err} }

// Hint says how to go on.
func (*RaceError) Hint() string { return "run the same command again when the other one has ended" }
