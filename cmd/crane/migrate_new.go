package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"

	"crane/internal/migrate"
)

// newName is what a file may be called: words that every tool takes.
var newName = regexp.MustCompile(`^[a-z0-9]+([_-][a-z0-9]+)*$`)

// mains are the revisions whose numbers are taken, where there are any.
var mains = []string{"main", "origin/main"}

func (w world) migrateNew(ctx context.Context, args []string) error {
	c, rest, err := w.choose("new", args, func(*flag.FlagSet) {})
	if err != nil {
		return err
	}
	if len(rest) != 1 || !newName.MatchString(rest[0]) {
		return fmt.Errorf("%w: crane migrate new needs a NAME of lower-case words, such as add_notes", errUsage)
	}
	db, err := c.only()
	if err != nil {
		return err
	}
	taken, err := c.withMain(ctx, db)
	if err != nil {
		return err
	}
	name := path.Join(db.Migrations, numberAfter(taken)+"_"+rest[0]+".sql")
	if err := create(filepath.Join(c.Root, name)); err != nil {
		return err
	}
	if c.json {
		return w.encode([]map[string]string{{"database": db.Name, "created": name}})
	}
	fmt.Fprintln(w.stdout, name)
	return nil
}

// withMain are the files here and those on main, which a merge will bring.
func (c chosen) withMain(ctx context.Context, db ledgered) ([]migrate.File, error) {
	all := append([]migrate.File{}, db.files...)
	for _, ref := range mains {
		names, err := c.listed(ctx, ref, db)
		if errors.Is(err, errGit) {
			continue // a fresh repository, or none at all
		}
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			all = append(all, migrate.File{Name: name})
		}
	}
	return all, nil
}

// numberAfter is the number after the highest one.
func numberAfter(files []migrate.File) string {
	highest := uint64(0)
	for _, f := range files {
		if n, err := strconv.ParseUint(prefix(f.Name), 10, 64); err == nil {
			highest = max(highest, n)
		}
	}
	return fmt.Sprintf("%04d", highest+1)
}

// create makes a file that is not there yet, without a statement: it is refused
// as empty until it has one.
func create(name string) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString("-- Why this is changed, and what the code before it makes of it.\n")
	return errors.Join(err, f.Close())
}
