package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"crane/internal/cloudflare"
	"crane/internal/hint"
	"crane/internal/migrate"
	"crane/internal/project"
	"crane/stacks"
)

const migrateUsage = `
usage: crane migrate status | plan | apply [--database D] [--stack S] [--json]
       crane migrate lint [--against REF] [--database D] [--stack S] [--json]
       crane migrate lint --explain RULE
       crane migrate baseline --upto NNNN [--anyway] [--database D] [--stack S] [--json]
       crane migrate restore [--to BOOKMARK] --yes [--database D] [--stack S] [--json]
       crane migrate new [--database D] [--stack S] [--json] NAME

The migrations of the fleet's databases, of all or of one. The stack is staging;
production is closed to this command.

  status    what is applied and pending, and how the live schema differs from it
  plan      each pending file with its verdict, and what will be counted around it
  lint      the verdicts with places, reasons and rewrites. With --against REF the files that
            a git revision has are taken as applied, and nothing is asked of Cloudflare
  apply     applies what is pending: each file in one transaction, with a guard that commits
            nothing when rows vanish that no acknowledgement covers. make up does it as well
  baseline  notes the files up to a number as applied, in a database that has tables but no
            ledger. Says first how the tables differ; --anyway writes nevertheless
  restore   puts a database back to a bookmark; without --to, to where it was before the last
            run. Everything written since is undone
  new       makes an empty file with the next number, those on main counted

A risk is acknowledged in the file itself: -- crane:accept RULE REASON. --json prints
{"stack", "databases": [{"database", …}]}, and what a command did; fields are only ever added.
Exits with 1 when a file is refused or a database has drifted.

Examples:
  crane migrate status
  crane migrate plan --json
  crane migrate lint --explain cascade
  crane migrate apply --database watch
`

// errClosed means that production cannot be reached in this way.
var errClosed = errors.New("production is closed")

func (w world) migrate(ctx context.Context, args []string) error {
	rest, err := w.flags("migrate", args, func(*flag.FlagSet) {})
	if err != nil {
		return err
	}
	sub := map[string]func(context.Context, []string) error{
		"status": w.migrateStatus, "plan": w.migratePlan, "lint": w.migrateLint, "apply": w.migrateApply,
		"baseline": w.migrateBaseline, "restore": w.migrateRestore, "new": w.migrateNew,
	}
	if len(rest) == 0 || sub[rest[0]] == nil {
		return fmt.Errorf("%w: crane migrate needs one of status, plan, lint, apply, baseline, restore, new", errUsage)
	}
	return sub[rest[0]](ctx, rest[1:])
}

// chosen is what every subcommand takes.
type chosen struct {
	project.Layout
	database string
	json     bool
}

// choose parses flags and finds the project. It refuses every stack but staging.
func (w world) choose(name string, args []string, more func(*flag.FlagSet)) (chosen, []string, error) {
	var c chosen
	stack := stacks.Staging.Name
	rest, err := w.flags("migrate "+name, args, func(f *flag.FlagSet) {
		f.StringVar(&stack, "stack", stack, "")
		f.StringVar(&c.database, "database", "", "")
		f.BoolVar(&c.json, "json", false, "")
		more(f)
	})
	if err != nil {
		return c, nil, err
	}
	if s, err := stacks.Lookup(stack); err != nil {
		return c, nil, hint.Wrap(err, "crane migrate "+name)
	} else if s.Name != stacks.Staging.Name {
		return c, nil, hint.Wrap(fmt.Errorf("%w to crane migrate; nothing was done", errClosed), "crane migrate "+name+" --stack staging")
	}
	if c.Layout, err = w.layout(); err != nil {
		return c, nil, err
	}
	return c, rest, nil
}

// chooseOnly is choose for a command without arguments.
func (w world) chooseOnly(name string, args []string, more func(*flag.FlagSet)) (chosen, error) {
	c, rest, err := w.choose(name, args, more)
	if err == nil && len(rest) > 0 {
		return c, fmt.Errorf("%w: crane migrate %s takes no argument %q", errUsage, name, rest[0])
	}
	return c, err
}

// ledgered is one database of the fleet, with its files.
type ledgered struct {
	stacks.Database
	files []migrate.File
	// live is nil until connect, rows until count.
	live *cloudflare.Database
	rows map[string]string
}

// pick reads the files of the databases that were chosen.
func (c chosen) pick() ([]ledgered, error) {
	var out []ledgered
	var names []string
	for _, db := range stacks.Default().Databases {
		if names = append(names, db.Name); c.database != "" && c.database != db.Name {
			continue
		}
		files, err := migrate.Read(os.DirFS(filepath.Join(c.Root, db.Migrations)))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", db.Migrations, err)
		}
		out = append(out, ledgered{Database: db, files: files})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: there is no database %q (there are %s)", errUsage, c.database, strings.Join(names, ", "))
	}
	return out, nil
}

// only is the one database of a command that works on one.
func (c chosen) only() (ledgered, error) {
	all, err := c.pick()
	if err == nil && len(all) > 1 {
		return ledgered{}, fmt.Errorf("%w: there are several databases: say which, as in --database %s", errUsage, all[0].Name)
	}
	if err != nil {
		return ledgered{}, err
	}
	return all[0], nil
}

// connect finds the databases on Cloudflare.
func (w world) connect(ctx context.Context, c chosen, all []ledgered) error {
	if err := w.ensureLocal(ctx, c.Layout); err != nil {
		return err
	}
	s, err := c.ReadSettings(stacks.Staging.Name)
	if err != nil {
		return err
	}
	client, err := w.cloudflare(c.Layout, s)
	if err != nil {
		return err
	}
	for i := range all {
		name := stacks.Staging.Database(all[i].Name)
		id, err := client.FindDatabase(ctx, s.AccountID, name)
		if err != nil {
			return err
		}
		if id == "" {
			return hint.Wrap(fmt.Errorf("%w: staging has no database %s; nothing was changed", cloudflare.ErrNotFound, name), "make up")
		}
		all[i].live = client.Database(s.AccountID, id)
	}
	return nil
}

// connectOnly finds the one database of a command that works on one.
func (w world) connectOnly(ctx context.Context, c chosen) (ledgered, error) {
	db, err := c.only()
	if err != nil {
		return db, err
	}
	one := []ledgered{db}
	err = w.connect(ctx, c, one)
	return one[0], err
}

// encode prints the document of a command.
func (w world) encode(databases any) error {
	out := json.NewEncoder(w.stdout)
	out.SetEscapeHTML(false)
	return out.Encode(map[string]any{"stack": stacks.Staging.Name, "databases": databases})
}
