package runtime

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"time"
)

// storedID is how workerd names a Durable Object's file.
var storedID = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Bookmark names the state of a database now or, when at is not zero, at that
// time: the same name for as long as the state is kept, and greater names for
// later states. ErrNoState is a time before all that is kept.
func (rt *Runtime) Bookmark(ctx context.Context, databaseID string, at time.Time) (string, error) {
	t, err := rt.engine.hold(ctx, databaseID)
	if err != nil {
		return "", err
	}
	defer t.mu.Unlock()
	if at.IsZero() {
		return t.now(), nil
	}
	p, err := t.at(at)
	return p.bookmark(), err
}

// Restore makes a database what it was at a bookmark, and returns the bookmark
// of the state that this ends, which undoes it. Calls that are running end
// before; D1 would cut them. ErrNoState is a bookmark that this database does
// not have, and then nothing has changed.
func (rt *Runtime) Restore(ctx context.Context, databaseID, bookmark string) (previous string, err error) {
	t, err := rt.engine.hold(ctx, databaseID)
	if err != nil {
		return "", err
	}
	defer t.mu.Unlock()
	i, err := t.find(bookmark)
	if err != nil {
		return "", err
	}
	previous = t.now()
	return previous, rt.engine.rewind(ctx, t, i)
}

// rewind puts a state in the place of the present one, as a new state.
func (e *engine) rewind(ctx context.Context, t *timeline, to int) error {
	content, err := e.putBack(ctx, t, to)
	if err != nil {
		return err
	}
	if err := t.appendWhole(content, time.Now()); err != nil {
		return err
	}
	t.mark, t.synced = walMark{}, true
	return nil
}

// putBack gives the database's file an earlier state's content.
func (e *engine) putBack(ctx context.Context, t *timeline, to int) ([]byte, error) {
	content, err := t.image(to)
	if err != nil {
		return nil, err
	}
	if err := e.release(ctx, t.database); err != nil {
		return nil, err
	}
	t.synced = false
	return content, t.file.replace(content)
}

func (t *timeline) now() string { return t.points[len(t.points)-1].bookmark() }

// hold takes a database's timeline, up to date; the caller gives mu back.
func (e *engine) hold(ctx context.Context, database string) (*timeline, error) {
	t, err := e.timeline(ctx, database)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	if err := t.sync(); err != nil {
		t.mu.Unlock()
		return nil, err
	}
	return t, nil
}

// timeline finds a database's timeline.
func (e *engine) timeline(ctx context.Context, database string) (*timeline, error) {
	e.timelinesMu.Lock()
	defer e.timelinesMu.Unlock()
	if t, known := e.timelines[database]; known {
		return t, nil
	}
	id, err := e.stored(ctx, database, "/id")
	if err != nil {
		return nil, err
	}
	e.timelines[database] = &timeline{
		database: database, limit: timelineLimit,
		file: databaseFile(filepath.Join(e.disk, uniqueKey, id+".sqlite")),
		dir:  filepath.Join(e.states, id),
	}
	return e.timelines[database], nil
}

// release closes a database's files; the log is in the main file then.
func (e *engine) release(ctx context.Context, database string) error {
	_, err := e.stored(ctx, database, "/close")
	return err
}

// stored asks the engine for the id under which it stores a database.
func (e *engine) stored(ctx context.Context, database, path string) (string, error) {
	answer, err := e.post(ctx, e.transport, database, path, nil)
	if err == nil && !storedID.Match(answer) {
		err = fmt.Errorf("d1 engine answered %.200q instead of an id; the database is unchanged", answer)
	}
	return string(answer), err
}

// recordError is a call whose state could not be recorded, which is not the
// engine's fault.
type recordError struct{ error }

func (e *recordError) Unwrap() error { return e.error }

// recorder is a transport whose answers come when what they did is in the
// database's timeline. A client that goes away does not end the call.
type recorder struct {
	e        *engine
	database string
}

// RoundTrip implements http.RoundTripper.
func (r recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	t, err := r.e.hold(req.Context(), r.database)
	if err != nil {
		return nil, &recordError{err}
	}
	defer t.mu.Unlock()
	resp, err := r.e.transport.RoundTrip(req.WithContext(context.WithoutCancel(req.Context())))
	if err != nil {
		t.synced = false
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close() // all of it was read, or err says why not
	if err != nil {
		t.synced = false
		return nil, err
	}
	if err := t.record(); err != nil {
		t.synced = false
		return nil, &recordError{err}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
