package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"crane/internal/migrate"
)

// appliedRun is one database in the JSON document of apply.
type appliedRun struct {
	Database string   `json:"database"`
	Applied  []string `json:"applied"`
	Adopted  []string `json:"adopted"`
	Head     string   `json:"head"`
	Bookmark string   `json:"bookmark"`
}

func (w world) migrateApply(ctx context.Context, args []string) error {
	c, err := w.chooseOnly("apply", args, func(*flag.FlagSet) {})
	if err != nil {
		return err
	}
	all, err := c.pick()
	if err != nil {
		return err
	}
	if err := w.connect(ctx, c, all); err != nil {
		return err
	}
	runs := []appliedRun{}
	var failure error
	for _, db := range all {
		run, err := w.applyTo(ctx, db)
		if runs = append(runs, run); err != nil {
			failure = naming(db, err)
			break
		}
	}
	if c.json {
		return errors.Join(w.encode(runs), failure)
	}
	return failure
}

// applyTo says a line per file, as soon as it is committed.
func (w world) applyTo(ctx context.Context, db ledgered) (appliedRun, error) {
	run := appliedRun{Database: db.Name, Applied: []string{}, Adopted: []string{}}
	result, err := migrate.Apply(ctx, db.live, migrate.Run{
		Files: db.files,
		Done: func(f migrate.File) {
			run.Applied = append(run.Applied, f.Name)
			fmt.Fprintf(w.stderr, "%s: applied %s\n", db.Name, f.Name)
		},
		Adopted: func(names []string) {
			run.Adopted = names
			fmt.Fprintf(w.stderr, "%s: adopted %s, which wrangler applied\n", db.Name, strings.Join(names, ", "))
		},
	})
	run.Bookmark = result.Bookmark
	for _, a := range result.Applied {
		run.Head = a.Name
	}
	return run, err
}
