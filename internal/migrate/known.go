package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"crane/internal/hint"
	"crane/internal/lint"
	"crane/internal/schema"
	"crane/internal/scratch"
)

// known refuses a database whose past is nobody's: tables, but no ledger that
// says where they are from, or one ledger that was edited past the other.
func (l *Live) known(files []File) error {
	if len(l.Applied) == 0 && len(l.Schema) > 0 && len(files) > 0 {
		return &UnledgeredError{Objects: len(l.Schema), First: files[0].Name}
	}
	if len(l.astray) > 0 {
		err := fmt.Errorf("%w: crane_migrations has %s, d1_migrations has not; nothing was written", ErrAstray, strings.Join(l.astray, ", "))
		return hint.Wrap(err, "put the row back into d1_migrations, or, if the file is not applied, take it out of crane_migrations")
	}
	return nil
}

// continues refuses a live schema that is not the one that was last seen, unless
// the files that others applied since explain it.
func (r Run) continues(ctx context.Context, live *Live) error {
	if r.Known == nil || r.Known.Equal(live.Schema) {
		return nil
	}
	expected, err := Replay(ctx, r.Known, r.since(live))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReplay, err)
	}
	if changes := expected.Diff(live.Schema); len(changes) > 0 {
		return &DriftError{Changes: changes}
	}
	return nil
}

// since are the files that the ledger has and the caller did not have.
func (r Run) since(live *Live) []File {
	var files []File
	for _, f := range r.Files {
		named := func(a Applied) bool { return a.Name == f.Name }
		if slices.ContainsFunc(live.Applied, named) && !slices.ContainsFunc(r.Had, named) {
			files = append(files, f)
		}
	}
	return files
}

// Replay is the schema after files, from an empty database or from a schema, in
// a scratch database.
func Replay(ctx context.Context, from schema.Schema, files []File) (after schema.Schema, err error) {
	db, err := scratch.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Load(ctx, from); err != nil {
		return nil, err
	}
	for _, f := range files {
		if err := db.Replay(ctx, f.SQL); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return db.Schema(ctx)
}

// failure is what D1 said of a file, in our words if it was the guard that spoke.
func (g guard) failure(cause error) error {
	message := cause.Error()
	if said, ok := spoken(message, lostWords); ok {
		return &LossError{Name: g.file.Name, Lost: said, Rules: g.rules(said)}
	}
	if said, ok := spoken(message, orphanWords); ok {
		return &LossError{Name: g.file.Name, Orphans: said}
	}
	if strings.Contains(message, goneWords) {
		return &LossError{Name: g.file.Name}
	}
	return &FileError{Name: g.file.Name, Position: position(g.file.SQL, message), Err: cause}
}

// spoken finds the guard's words in D1's message.
func spoken(message, words string) (string, bool) {
	_, rest, found := strings.Cut(message, "bad JSON path: '"+words)
	end := strings.LastIndexByte(rest, '\'')
	if !found || end < 0 {
		return "", false
	}
	return strings.ReplaceAll(rest[:end], "''", "'"), true
}

// rules are those that foretold the loss of a table that was lost.
func (g guard) rules(lost string) []string {
	var rules []string
	for _, f := range g.verdict.Findings {
		if f.Level == lint.Risk && slices.ContainsFunc(f.Tables, func(t string) bool { return strings.Contains(", "+lost, ", "+t+" ") }) {
			rules = append(rules, f.Rule)
		}
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}
