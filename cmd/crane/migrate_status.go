package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"crane/internal/hint"
	"crane/internal/migrate"
	"crane/internal/schema"
	"crane/stacks"
)

// errDrifted means that a live schema is not what its migrations make.
var errDrifted = errors.New("a schema is not what its migrations make")

// databaseStatus is one database in the JSON document, which is a contract.
type databaseStatus struct {
	Database string          `json:"database"`
	Head     string          `json:"head"`
	Applied  []appliedStatus `json:"applied"`
	Pending  []string        `json:"pending"`
	Problems []string        `json:"problems"`
	Drift    []driftStatus   `json:"drift"`
}

type appliedStatus struct {
	Name     string `json:"name"`
	SHA256   string `json:"sha256"`
	Bookmark string `json:"bookmark"`
}

type driftStatus struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	Was  string `json:"was"`
	Is   string `json:"is"`
}

func (w world) migrateStatus(ctx context.Context, args []string) error {
	c, err := w.chooseOnly("status", args, func(*flag.FlagSet) {})
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
	var rows []databaseStatus
	for _, db := range all {
		status, err := migrate.Look(ctx, db.live, db.files)
		if err != nil {
			return naming(db, err)
		}
		rows = append(rows, row(db, status))
	}
	if c.json {
		err = w.encode(rows)
	} else {
		w.showStatus(rows)
	}
	return errors.Join(err, unwell(rows))
}

func row(db ledgered, s migrate.Status) databaseStatus {
	r := databaseStatus{Database: db.Name, Applied: []appliedStatus{}, Pending: []string{}, Problems: append([]string{}, s.Problems...), Drift: []driftStatus{}}
	for _, a := range s.Applied {
		r.Head = a.Name
		r.Applied = append(r.Applied, appliedStatus(a))
	}
	for _, f := range s.Pending {
		r.Pending = append(r.Pending, f.Name)
	}
	if s.Unreplayed != nil && len(s.Problems) == 0 {
		r.Problems = append(r.Problems, s.Unreplayed.Error())
	}
	for _, d := range s.Drift {
		r.Drift = append(r.Drift, driftStatus(d))
	}
	return r
}

func (w world) showStatus(rows []databaseStatus) {
	for _, r := range rows {
		fmt.Fprintf(w.stdout, "%s: %s\n", r.Database, r.summary())
		for _, name := range r.Pending {
			fmt.Fprintln(w.stdout, "  pending", name)
		}
		for _, p := range r.Problems {
			fmt.Fprintln(w.stdout, "  problem", p)
		}
		for _, d := range r.Drift {
			fmt.Fprintln(w.stdout, "  "+strings.ReplaceAll(schema.Change(d).String(), "\n", "\n  "))
		}
	}
}

func (r databaseStatus) summary() string {
	if r.Head == "" {
		return "nothing applied"
	}
	text := fmt.Sprintf("%d applied, head %s", len(r.Applied), r.Head)
	if len(r.Drift) > 0 {
		text += ", but its schema is not what they make (- theirs, + live)"
	}
	return text
}

func unwell(rows []databaseStatus) error {
	var names []string
	for _, r := range rows {
		if len(r.Problems) > 0 {
			return naming(ledgered{Database: stacks.Database{Name: r.Database}}, &migrate.ConflictError{Problems: r.Problems})
		}
		if len(r.Drift) > 0 {
			names = append(names, r.Database)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: %s; nothing was changed", errDrifted, strings.Join(names, ", ")),
		"undo the change by hand, or put it into a new migration")
}

// naming says which database an error is about.
func naming(db ledgered, err error) error { return fmt.Errorf("%s: %w", db.Name, err) }
