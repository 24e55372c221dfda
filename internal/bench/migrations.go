package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"crane/stacks"
)

// migrated is the Worker whose migrations are taken.
const migrated = "context-api"

// migrations applies the same files to empty databases, with Pulumi and with
// wrangler in turns. What wrangler applied is taken away before the next turn,
// so that it is no business of Pulumi's.
func migrations(ctx context.Context, w *workspace, p part, r *Report) error {
	if err := w.ready(ctx); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(w.Project.Workers(), migrated, "migrations", "*.sql"))
	if err != nil {
		return err
	}
	var ours, theirs []sample
	for i := range p.runs {
		if err := w.place(files, 2*i); err != nil {
			return err
		}
		s, err := w.time(ctx, w.Root, "pulumi", up...)
		if err != nil {
			return err
		}
		ours = append(ours, s)
		if s, err = w.apply(ctx, files, 2*i+1); err != nil {
			return err
		}
		theirs = append(theirs, s)
	}
	r.MigrationFiles = len(files)
	w.note(r, summary(p, stepMigrate, toolPulumi, ours))
	w.note(r, summary(p, stepMigrate, toolWrangler, theirs))
	return nil
}

// ready brings up databases that both tools know.
func (w *workspace) ready(ctx context.Context) error {
	if err := w.run(ctx, w.Root, w.crane(), "up"); err != nil {
		return err
	}
	if err := w.enter(ctx); err != nil {
		return err
	}
	return w.identify(ctx)
}

// identify tells wrangler the ids of the databases, which are no one's to
// commit, but without which it does not migrate.
func (w *workspace) identify(ctx context.Context) error {
	out, err := w.output(ctx, w.Root, "pulumi", "stack", "output", "databases", "--json")
	if err != nil {
		return err
	}
	var databases map[string]struct{ ID, Name string }
	if err := json.Unmarshal([]byte(out), &databases); err != nil {
		return err
	}
	for worker, db := range databases {
		path := filepath.Join(w.Workers(), worker, "wrangler.jsonc")
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := fmt.Sprintf(`"database_name": %q,`, db.Name)
		known := strings.Replace(string(text), name, fmt.Sprintf(`%s "database_id": %q,`, name, db.ID), 1)
		if err := os.WriteFile(path, []byte(known), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// apply has wrangler apply the files to one database.
func (w *workspace) apply(ctx context.Context, files []string, pair int) (sample, error) {
	if err := w.place(files, pair); err != nil {
		return sample{}, err
	}
	s, err := w.time(ctx, w.worker(pair), "wrangler", "d1", "migrations", "apply",
		stacks.Staging.Database(workerName(pair)), "--remote")
	if err != nil {
		return sample{}, err
	}
	folder := filepath.Join(w.worker(pair), "migrations")
	if err := os.RemoveAll(folder); err != nil {
		return sample{}, err
	}
	return s, os.Mkdir(folder, 0o755)
}

// place puts the files where a database's migrations are.
func (w *workspace) place(files []string, pair int) error {
	for _, file := range files {
		if err := copyFile(file, filepath.Join(w.worker(pair), "migrations", filepath.Base(file))); err != nil {
			return err
		}
	}
	return nil
}
