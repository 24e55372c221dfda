package migrate

import (
	"context"
	"slices"

	"crane/internal/lint"
	"crane/internal/schema"
)

// Run is one application of migrations to one database.
type Run struct {
	// Files are all there are, applied or not.
	Files []File
	// Known is the schema that the caller last saw, after the files in Had; nil
	// when it never saw one. A live schema that is neither is refused.
	Known schema.Schema
	Had   []Applied
	// Done hears of each file that was committed, Adopted of the files that
	// wrangler had applied and whose digests are taken as they are now. Both may
	// be nil.
	Done    func(File)
	Adopted func(names []string)
	// Lint judges the pending files against the live schema; nil means lint.Check.
	Lint func(context.Context, schema.Schema, []lint.File) ([]lint.Verdict, error)
	// Wait pauses before a request is sent again; nil means Backoff.
	Wait Wait
}

// Result is what a database is after a run.
type Result struct {
	// Applied is the ledger, oldest first.
	Applied []Applied
	// Bookmark is where the database was before the first file; empty when there
	// was none to apply, and when the database was empty.
	Bookmark string
	// Schema and Rows are as they are now; see RowClass. Of a database that was
	// empty before, the rows are not counted.
	Schema schema.Schema
	Rows   map[string]string
}

// Apply brings a database up to the given files: two requests to look, one for a
// bookmark, one per pending file, two to look again; of an empty database, one to
// look before and one after. Each file is a transaction with wrangler's ledger row
// and crane's guard in it.
//
// A ConflictError, DriftError, LintError or ErrUnledgered means that nothing was
// written. A PartialError says which file failed, and that it committed nothing
// unless its answer was lost and the ledger could not be read either. The result
// is true in every case.
func Apply(ctx context.Context, db Database, run Run) (Result, error) {
	live, err := Inspect(ctx, db)
	if err != nil {
		return Result{}, err
	}
	result := Result{Applied: live.Applied, Schema: live.Schema}
	pending, verdicts, err := run.judge(ctx, live)
	if err != nil {
		return result, err
	}
	s := &sender{db: db, run: run, live: live, fresh: live.fresh()}
	if err := s.adopt(ctx); err != nil {
		return result, err
	}
	if len(pending) > 0 && !live.fresh() { // an empty database is not worth going back to
		if s.bookmark, err = db.Bookmark(ctx); err != nil {
			return result, err
		}
	}
	failure := s.sendAll(ctx, pending, verdicts)
	result.Applied, result.Bookmark = s.live.Applied, s.bookmark
	return result, s.look(ctx, &result, failure)
}

// judge refuses everything that can be refused before the first write.
func (r Run) judge(ctx context.Context, live *Live) ([]File, []lint.Verdict, error) {
	pending, err := Plan(r.Files, live.Applied)
	if err != nil {
		return nil, nil, err
	}
	if err := live.known(r.Files); err != nil {
		return nil, nil, err
	}
	if len(pending) == 0 {
		return nil, nil, nil
	}
	if err := r.continues(ctx, live); err != nil {
		return nil, nil, err
	}
	check := r.Lint
	if check == nil {
		check = lint.Check
	}
	verdicts, err := check(ctx, live.Schema, Linted(pending))
	if err != nil {
		return nil, nil, err
	}
	if slices.ContainsFunc(verdicts, lint.Verdict.Refused) {
		return nil, nil, &LintError{Verdicts: verdicts}
	}
	return pending, verdicts, nil
}

// Linted are files as the linter takes them.
func Linted(files []File) []lint.File {
	out := make([]lint.File, len(files))
	for i, f := range files {
		out[i] = lint.File{Name: f.Name, SQL: f.SQL}
	}
	return out
}
