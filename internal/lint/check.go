package lint

import (
	"context"
	"errors"
	"maps"
	"slices"

	"crane/internal/scratch"
	"crane/internal/statement"
)

// checker is the state within one file.
type checker struct {
	*run
	ctx  context.Context
	file File
	// statements are those of the file; broken is what it never closes, or nil.
	statements []statement.Statement
	broken     *statement.UnterminatedError
	steps      []*step
	findings   []Finding
	// start is the schema before the file.
	start *scratch.Snapshot
	// was gives, by the names tables have now, the names before the file of those
	// that are of the database.
	was map[string]string
	// dropped are such tables, by their names before the file.
	dropped map[string]*step
	// emptied are tables, by their names now, that a DELETE without WHERE has
	// left without rows.
	emptied map[string]*step
	// copies are the statements that copy rows from table to table.
	copies []*transfer
	// counted are names before the file.
	counted map[string]bool
	// deferred tells that PRAGMA defer_foreign_keys is on.
	deferred bool
	// stopped tells that a statement was refused.
	stopped bool
	// failed is why the check itself cannot go on.
	failed error
}

// check runs one file through the scratch database and all rules.
func (r *run) check(ctx context.Context, f File) (*checker, error) {
	c := &checker{run: r, ctx: ctx, file: f, start: r.now, was: map[string]string{}, dropped: map[string]*step{},
		emptied: map[string]*step{}, counted: map[string]bool{}}
	for now := range r.old {
		c.was[now] = now
	}
	var err error
	c.statements, err = statement.Split(f.SQL)
	c.broken, _ = errors.AsType[*statement.UnterminatedError](err)
	if err := r.db.Reset(ctx); err != nil {
		return nil, err
	}
	c.text()
	for _, s := range c.statements {
		if c.stopped || c.failed != nil {
			break
		}
		c.take(s)
	}
	if !c.stopped && c.failed == nil {
		c.end()
		c.settle()
	}
	return c, c.failed
}

// end applies the rules about the file as a whole.
func (c *checker) end() {
	for _, rule := range rules {
		if rule.end != nil {
			rule.end(c, reporter{c, rule})
		}
	}
}

// text applies the rules about the text as a whole.
func (c *checker) text() {
	for _, rule := range rules {
		if rule.text != nil {
			rule.text(c, reporter{c, rule})
		}
	}
}

// sorted are the keys in order, so that findings come in one.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
