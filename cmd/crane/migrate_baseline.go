package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"crane/internal/hint"
	"crane/internal/migrate"
	"crane/internal/schema"
)

// errDiffers means that a baseline would say what is not so.
var errDiffers = errors.New("the tables are not what the files make")

func (w world) migrateBaseline(ctx context.Context, args []string) error {
	var upto string
	var anyway bool
	c, err := w.chooseOnly("baseline", args, func(f *flag.FlagSet) {
		f.StringVar(&upto, "upto", "", "")
		f.BoolVar(&anyway, "anyway", false, "")
	})
	if err != nil {
		return err
	}
	if upto == "" {
		return fmt.Errorf("%w: crane migrate baseline needs --upto NNNN", errUsage)
	}
	db, err := w.connectOnly(ctx, c)
	if err != nil {
		return err
	}
	return w.baseline(ctx, c, db, upto, anyway)
}

func (w world) baseline(ctx context.Context, c chosen, db ledgered, upto string, anyway bool) error {
	plan, err := migrate.PlanBaseline(ctx, db.live, db.files, upto)
	if err != nil {
		return naming(db, err)
	}
	if len(plan.Changes) > 0 {
		fmt.Fprintln(w.stderr, "the files make -, the database has +:")
		fmt.Fprintln(w.stderr, schema.Text(plan.Changes))
	}
	if len(plan.Changes) > 0 && !anyway {
		return hint.Wrap(fmt.Errorf("%w: %s; nothing was written", errDiffers, db.Name),
			"choose another number, mend the database, or say --anyway")
	}
	if err := plan.Write(ctx, db.live); err != nil {
		return naming(db, err)
	}
	head := plan.Files[len(plan.Files)-1].Name
	if c.json {
		return w.encode([]map[string]any{{"database": db.Name, "head": head, "baselined": len(plan.Files)}})
	}
	fmt.Fprintf(w.stderr, "%s: %d files noted as applied, up to %s\n", db.Name, len(plan.Files), head)
	return nil
}
