package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Import is what a file of statements did.
type Import struct {
	// Queries is the number of statements.
	Queries     int `json:"queries"`
	RowsRead    int `json:"rows_read"`
	RowsWritten int `json:"rows_written"`
	SizeAfter   int `json:"size_after"`
	// Duration is how long it took, Bookmark names the state after it.
	Duration time.Duration `json:"-"`
	Bookmark string        `json:"-"`
}

// Import runs a file of statements as D1's import does, which is not as Query
// does: SQLite itself finds the statements' ends, and PRAGMA foreign_keys
// works and stays in force for later calls, until the database rests. What the
// engine refuses is a *SQLError, and then the database is what it was.
//
// It differs from D1's in this: the whole file is one transaction of workerd's
// own, D1 commits parts and puts the database back; a last statement without
// its semicolon is run; other calls wait for the end, D1 refuses them.
func (rt *Runtime) Import(ctx context.Context, databaseID, sql string) (Import, error) {
	t, err := rt.engine.hold(ctx, databaseID)
	if err != nil {
		return Import{}, err
	}
	defer t.mu.Unlock()
	before, begin := len(t.points)-1, time.Now()
	done, err := rt.load(context.WithoutCancel(ctx), databaseID, sql)
	done.Duration = time.Since(begin)
	t.synced = false
	if err != nil {
		return Import{}, errors.Join(err, rt.engine.undo(context.WithoutCancel(ctx), t, before))
	}
	if err := t.sync(); err != nil {
		return Import{}, err
	}
	done.Bookmark = t.now()
	return done, nil
}

// load sends the file to the engine, which may take its time.
func (rt *Runtime) load(ctx context.Context, database, sql string) (done Import, err error) {
	answer, err := rt.engine.post(ctx, rt.crons, database, "/import", []byte(sql))
	if err != nil {
		return done, err
	}
	var refusal struct{ Error string }
	if err := json.Unmarshal(answer, &refusal); err != nil {
		return done, fmt.Errorf("d1 engine answered %.200q: %w", answer, err)
	}
	if refusal.Error != "" {
		return done, &SQLError{Message: refusal.Error}
	}
	return done, json.Unmarshal(answer, &done)
}

// undo puts a database back if anything of a failed import was kept.
func (e *engine) undo(ctx context.Context, t *timeline, before int) error {
	content, _, _, err := t.file.read()
	if err != nil {
		return err
	}
	if same, err := t.endsWith(content); err != nil || same {
		return err
	}
	_, err = e.putBack(ctx, t, before)
	return err
}
