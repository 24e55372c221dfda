package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"crane/internal/cloudflare"
	"crane/internal/hint"
	"crane/internal/migrate"
)

// errNoBookmark means that no run has left a bookmark.
var errNoBookmark = errors.New("no bookmark is known")

// errUnconfirmed means that something would be undone that nobody has said yes to.
var errUnconfirmed = errors.New("not confirmed")

func (w world) migrateRestore(ctx context.Context, args []string) error {
	var to string
	var yes bool
	c, err := w.chooseOnly("restore", args, func(f *flag.FlagSet) {
		f.StringVar(&to, "to", "", "")
		f.BoolVar(&yes, "yes", false, "")
	})
	if err != nil {
		return err
	}
	db, err := w.connectOnly(ctx, c)
	if err != nil {
		return err
	}
	return w.restore(ctx, c, db, to, yes)
}

func (w world) restore(ctx context.Context, c chosen, db ledgered, to string, yes bool) error {
	bookmark, what := to, "bookmark "+to
	if to == "" {
		status, err := migrate.Look(ctx, db.live, db.files)
		if err != nil {
			return naming(db, err)
		}
		var undone []string
		if bookmark, undone = status.Restorable(); bookmark == "" {
			return hint.Wrap(fmt.Errorf("%w of a run on %s; nothing was changed", errNoBookmark, db.Name),
				"wrangler d1 time-travel info finds one by its time; then --to BOOKMARK")
		}
		what = "bookmark " + bookmark + ", before " + strings.Join(undone, ", ")
	}
	if !yes {
		return hint.Wrap(fmt.Errorf("%w: this puts %s back to %s, and undoes everything written since; nothing was changed", errUnconfirmed, db.Name, what),
			fmt.Sprintf("crane migrate restore --yes --database %s --to %s", db.Name, bookmark))
	}
	return w.restored(ctx, c, db, bookmark, what)
}

func (w world) restored(ctx context.Context, c chosen, db ledgered, bookmark, what string) error {
	previous, err := db.live.Restore(ctx, bookmark)
	if cloudflare.Ambiguous(err) {
		err = hint.Wrap(err, "crane migrate status says whether it happened")
	}
	if err != nil && !cloudflare.Ambiguous(err) {
		err = fmt.Errorf("%w; nothing was changed", err)
	}
	if err != nil {
		return naming(db, err)
	}
	if c.json {
		return w.encode([]map[string]string{{"database": db.Name, "bookmark": bookmark, "previous": previous}})
	}
	fmt.Fprintf(w.stderr, "%s is back at %s\n", db.Name, what)
	fmt.Fprintf(w.stderr, "to undo that: crane migrate restore --yes --database %s --to %s\n", db.Name, previous)
	fmt.Fprintln(w.stderr, "the stack does not know yet: pulumi refresh --stack staging --yes")
	return nil
}
