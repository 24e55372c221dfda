package migrate_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"crane/internal/migrate"
)

// on fails the requests that contain a text.
func on(text string, before, after error) func(string) (error, error) {
	return func(sql string) (error, error) {
		if strings.Contains(sql, text) {
			return before, after
		}
		return nil, nil
	}
}

// apply runs without pauses.
func apply(t testing.TB, db migrate.Database, run migrate.Run) (migrate.Result, error) {
	t.Helper()
	run.Wait = func(ctx context.Context, _ int, _ time.Duration) error { return ctx.Err() }
	return migrate.Apply(t.Context(), db, run)
}

func applied(r migrate.Result) (names []string) {
	for _, a := range r.Applied {
		names = append(names, a.Name)
	}
	return names
}
