// Package lint reads pending migrations as a D1 database with rows would: what
// its engine refuses, what fails only where there are rows, what loses rows
// without a word, and what breaks the code that still runs, because migrations
// go before it.
//
// It judges against a schema, not the text alone: a scratch database follows the
// files, and SQLite's own compiler says what each statement touches. What is not
// in the schema before the first file has no old rows and no old code, so a first
// deployment is quiet.
package lint

import (
	"context"

	"crane/internal/schema"
	"crane/internal/scratch"
)

// File is one migration.
type File struct {
	Name string
	// SQL is the normalised text, whose lines end in LF.
	SQL string
}

// Check judges files in their order, each seeing what the ones before it did to
// base, which is the database before the first one. There is a verdict for each
// file. After a file that SQLite refuses the others cannot be judged: each is
// refused with a finding that says so.
//
// Known limits: rows are not looked at, so a risk is said even where a table is
// empty; a new table that takes an old one's place in a later file than the one
// that copied the rows is said to have lost them; and of a constraint that a
// rebuild leaves out nothing is said.
//
// An error means that there are no verdicts: base cannot be made in a scratch
// database (scratch.ErrLoad), or ctx has ended.
func Check(ctx context.Context, base schema.Schema, files []File) ([]Verdict, error) {
	r, err := newRun(ctx, base)
	if err != nil {
		return nil, err
	}
	defer r.close()
	verdicts := make([]Verdict, 0, len(files))
	stopped := ""
	for _, f := range files {
		if stopped != "" {
			verdicts = append(verdicts, unchecked(f, stopped))
			continue
		}
		c, err := r.check(ctx, f)
		if err != nil {
			return nil, err
		}
		if c.stopped {
			stopped = f.Name
		}
		verdicts = append(verdicts, c.verdict())
	}
	return verdicts, nil
}

// run is the state from file to file.
type run struct {
	db, probe *scratch.Database
	base, now *scratch.Snapshot
	// old are the tables of base: what they are called now, and were in base.
	old map[string]string
	// filled are new tables that the files have put rows into.
	filled map[string]bool
	// updated are tables some of whose rows the files have updated.
	updated map[string]bool
}

func newRun(ctx context.Context, base schema.Schema) (*run, error) {
	r := &run{old: map[string]string{}, filled: map[string]bool{}, updated: map[string]bool{}}
	var err error
	if r.db, err = scratch.Open(ctx); err != nil {
		return nil, err
	}
	if r.probe, err = scratch.Open(ctx); err != nil {
		return nil, err
	}
	if err := r.db.Load(ctx, base); err != nil {
		return nil, err
	}
	if r.base, err = r.db.Snapshot(ctx); err != nil {
		return nil, err
	}
	r.now = r.base
	for name := range r.base.Tables {
		r.old[name] = name
	}
	return r, nil
}

// close frees the scratch databases, which are memory only.
func (r *run) close() {
	_ = r.db.Close()
	_ = r.probe.Close()
}
