package migrate

import (
	"context"
	"errors"
	"slices"

	"crane/internal/schema"
)

// Status is how a database stands to its files.
type Status struct {
	// Applied is the ledger, oldest first; Pending are the files it lacks.
	Applied []Applied
	Pending []File
	// Problems are why nothing can be applied, each beginning with a file's name.
	Problems []string
	// Drift is how the live schema differs from a replay of the applied files.
	Drift []schema.Change
	// Unreplayed is why there was no replay; nil when there was one.
	Unreplayed error
	// Schema is the live one.
	Schema schema.Schema
}

// Look compares a database with its files. It writes nothing.
func Look(ctx context.Context, db Database, files []File) (Status, error) {
	live, err := Inspect(ctx, db)
	if err != nil {
		return Status{}, err
	}
	s := Status{Applied: live.Applied, Schema: live.Schema}
	if err := live.known(files); err != nil {
		return s, err
	}
	s.plan(files)
	s.compare(ctx, files)
	return s, nil
}

func (s *Status) plan(files []File) {
	pending, err := Plan(files, s.Applied)
	s.Pending = pending
	if conflict, ok := errors.AsType[*ConflictError](err); ok {
		s.Problems = conflict.Problems
	}
}

// compare replays what was applied. Where a file of it is gone there is nothing
// to compare with.
func (s *Status) compare(ctx context.Context, files []File) {
	var had []File
	for _, a := range s.Applied {
		i := slices.IndexFunc(files, func(f File) bool { return f.Name == a.Name })
		if i < 0 {
			s.Unreplayed = &ConflictError{Problems: []string{a.Name + ": was applied, but its file is gone"}}
			return
		}
		had = append(had, files[i])
	}
	replayed, err := Replay(ctx, nil, had)
	if err != nil {
		s.Unreplayed = err
		return
	}
	s.Drift = replayed.Diff(s.Schema)
}

// Restorable is the bookmark of the last run that left one, and what going back
// to it undoes: the files of that run and all after them. It is empty when there
// is none.
func (s Status) Restorable() (bookmark string, undone []string) {
	for _, a := range slices.Backward(s.Applied) {
		if bookmark == "" {
			bookmark = a.Bookmark
		}
	}
	first := slices.IndexFunc(s.Applied, func(a Applied) bool { return a.Bookmark == bookmark })
	if bookmark == "" || first < 0 {
		return "", nil
	}
	for _, a := range s.Applied[first:] {
		undone = append(undone, a.Name)
	}
	return bookmark, undone
}
