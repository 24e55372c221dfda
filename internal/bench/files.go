package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// filesPerTable is how many generated files are about one table: a thousand
// leave a schema of fifty.
const filesPerTable = 20

// fileSize is about how long each is, in bytes.
const fileSize = 1000

// files applies generated migrations to empty databases, with crane and with
// wrangler in turns; crane also plans them first.
func files(ctx context.Context, w *workspace, p part, r *Report) error {
	if err := w.ready(ctx); err != nil {
		return err
	}
	scripts, err := w.writeFiles()
	if err != nil {
		return err
	}
	var plans, ours, theirs []sample
	for i := range p.runs {
		plan, apply, err := w.planAndApply(ctx, scripts, 2*i)
		if err != nil {
			return err
		}
		peer, err := w.apply(ctx, scripts, 2*i+1)
		if err != nil {
			return err
		}
		plans, ours, theirs = append(plans, plan), append(ours, apply), append(theirs, peer)
	}
	r.Files = w.Files
	w.note(r, summary(p, stepPlan, toolCrane, plans))
	w.note(r, summary(p, stepApply, toolCrane, ours))
	w.note(r, summary(p, stepApply, toolWrangler, theirs))
	return nil
}

// planAndApply has crane plan the files for one database, and apply them.
func (w *workspace) planAndApply(ctx context.Context, scripts []string, pair int) (plan, apply sample, err error) {
	if err = w.place(scripts, pair); err != nil {
		return
	}
	if plan, err = w.time(ctx, w.Root, w.crane(), "migrate", "plan", "--database", workerName(pair)); err != nil {
		return
	}
	apply, err = w.time(ctx, w.Root, w.crane(), "migrate", "apply", "--database", workerName(pair))
	return
}

// writeFiles writes the generated migrations and gives their paths.
func (w *workspace) writeFiles() ([]string, error) {
	folder := filepath.Join(w.folder, "files")
	if err := os.Mkdir(folder, 0o755); err != nil {
		return nil, err
	}
	var paths []string
	for i := range w.Files {
		path := filepath.Join(folder, fmt.Sprintf("%04d_generated.sql", i+1))
		if err := os.WriteFile(path, []byte(script(i)), 0o644); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// script is a generated migration. One makes a table; those after it, in turns,
// fill it, index it, make its view anew, and give it a column more.
func script(i int) string {
	table, n := fmt.Sprintf("t%03d", i/filesPerTable), i%filesPerTable
	var sql string
	switch {
	case n == 0:
		sql = strings.ReplaceAll(text("0001_notes.sql"), "notes", table)
	case n%4 == 0:
		sql = fmt.Sprintf("ALTER TABLE %s ADD COLUMN more_%d TEXT NOT NULL DEFAULT '';", table, n)
	case n%4 == 1:
		sql = strings.Repeat(fmt.Sprintf("INSERT INTO %s (title, body) VALUES ('title', 'some words about it');\n", table), 10)
	case n%4 == 2:
		sql = fmt.Sprintf("CREATE INDEX %s_%d ON %s (title, created_at);", table, n, table)
	default:
		view := fmt.Sprintf("%s_titles", table)
		sql = fmt.Sprintf("DROP VIEW IF EXISTS %s;\nCREATE VIEW %s AS SELECT id, title FROM %s WHERE id > %d;", view, view, table, n)
	}
	const why = "-- Why this is changed, and what the code makes of it.\n"
	return strings.Repeat(why, max(0, fileSize-len(sql))/len(why)) + strings.TrimSpace(sql) + "\n"
}
