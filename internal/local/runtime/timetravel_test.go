package runtime

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// bookmark asks for the bookmark of now, or of another time.
func bookmark(t *testing.T, rt *Runtime, at time.Time) string {
	t.Helper()
	b, err := rt.Bookmark(t.Context(), "db", at)
	require.NoError(t, err)
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$`, b)
	return b
}

// restore goes to a bookmark and gives the one that undoes it.
func restore(t *testing.T, rt *Runtime, to string) string {
	t.Helper()
	previous, err := rt.Restore(t.Context(), "db", to)
	require.NoError(t, err)
	return previous
}

func count(t *testing.T, rt *Runtime) string {
	t.Helper()
	return fmt.Sprint(ask(t, rt, "SELECT count(*) FROM t")[0][0])
}

func TestEveryWriteCanBeRestored(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	empty := bookmark(t, rt, time.Time{})
	ask(t, rt, "CREATE TABLE t (a)")
	marks, times := []string{bookmark(t, rt, time.Time{})}, []time.Time{time.Now()}
	for i := range 5 {
		ask(t, rt, "INSERT INTO t VALUES (?)", i)
		marks, times = append(marks, bookmark(t, rt, time.Time{})), append(times, time.Now())
	}
	require.True(t, slices.IsSorted(marks))
	require.Len(t, slices.Compact(slices.Clone(marks)), 6)
	require.Equal(t, "5", count(t, rt))
	require.Equal(t, marks[5], bookmark(t, rt, time.Time{}), "reading makes no state")
	for i, at := range times {
		require.Equal(t, marks[i], bookmark(t, rt, at))
	}
	for _, i := range []int{3, 0, 5, 1} {
		previous := restore(t, rt, marks[i])
		require.Equal(t, fmt.Sprint(i), count(t, rt))
		before := restore(t, rt, previous)
		require.Greater(t, bookmark(t, rt, time.Time{}), before)
		require.Greater(t, before, previous)
		restore(t, rt, marks[i])
		require.Equal(t, fmt.Sprint(i), count(t, rt))
	}
	ask(t, rt, "INSERT INTO t VALUES ('after')")
	require.Equal(t, "2", count(t, rt), "a restored database takes writes")
	restore(t, rt, empty)
	_, err := rt.Query(t.Context(), "db", []Statement{{SQL: "SELECT * FROM t"}})
	require.EqualError(t, err, "no such table: t: SQLITE_ERROR")
}

func TestStatesThatAreNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rt := start(t, Config{Dir: dir})
	ask(t, rt, "CREATE TABLE t (a)")
	mine := bookmark(t, rt, time.Time{})
	for _, unknown := range []string{"", "x", mine[:len(mine)-1], mine + "0", "ffffffff" + mine[8:]} {
		_, err := rt.Restore(t.Context(), "db", unknown)
		require.ErrorIs(t, err, ErrNoState, unknown)
	}
	_, err := rt.Restore(t.Context(), "another", mine)
	require.ErrorIs(t, err, ErrNoState)
	require.Equal(t, mine, bookmark(t, rt, time.Time{}))

	require.NoError(t, rt.Close())
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "d1-states")))
	rt = start(t, Config{Dir: dir})
	_, err = rt.Bookmark(t.Context(), "db", time.Now().Add(-time.Hour))
	require.ErrorIs(t, err, ErrNoState, "a database whose beginning is not known")
}

func TestStatesSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rt := start(t, Config{Dir: dir})
	unused := bookmark(t, rt, time.Time{})
	ask(t, rt, "SELECT 1")
	require.NoError(t, rt.Close())
	rt = start(t, Config{Dir: dir})
	require.Equal(t, unused, bookmark(t, rt, time.Time{}))
	ask(t, rt, "CREATE TABLE t AS SELECT 1 AS a")
	one := bookmark(t, rt, time.Time{})
	at := time.Now()
	ask(t, rt, "INSERT INTO t VALUES (2)")
	two := bookmark(t, rt, time.Time{})
	require.NoError(t, rt.Close())
	rt = start(t, Config{Dir: dir})
	require.Equal(t, two, bookmark(t, rt, time.Time{}))
	require.Equal(t, one, bookmark(t, rt, at))
	require.Equal(t, two, restore(t, rt, one))
	require.Equal(t, "1", count(t, rt))
}

// TestStatesSurviveAKill kills the engine, which leaves its log behind, and
// cuts what a kill in the middle of a record leaves.
func TestStatesSurviveAKill(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	ask(t, rt, "CREATE TABLE t AS SELECT 1 AS a")
	one := bookmark(t, rt, time.Time{})
	ask(t, rt, "INSERT INTO t VALUES (2)")
	require.NoError(t, rt.engine.proc.cmd.Process.Kill())
	require.True(t, rt.engine.proc.endsWithin(5*time.Second))

	line := rt.engine.timelines["db"]
	last := line.points[len(line.points)-1]
	require.NoError(t, os.Truncate(last.file, last.offset+last.length()-100))
	rt.engine.timelines = map[string]*timeline{}
	two := bookmark(t, rt, time.Time{})
	require.Greater(t, two, one)
	require.Equal(t, "2", count(t, rt))
	ask(t, rt, "INSERT INTO t VALUES (3)")
	require.Greater(t, bookmark(t, rt, time.Time{}), two)
	restore(t, rt, one)
	require.Equal(t, "1", count(t, rt))
	restore(t, rt, two)
	require.Equal(t, "2", count(t, rt))
}

// TestARestoreIsFinished lays out a kill between the steps of a restore.
func TestARestoreIsFinished(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rt := start(t, Config{Dir: dir})
	ask(t, rt, "CREATE TABLE t AS SELECT 1 AS a")
	one := bookmark(t, rt, time.Time{})
	ask(t, rt, "INSERT INTO t VALUES (2)")
	two := bookmark(t, rt, time.Time{})
	line := rt.engine.timelines["db"]
	at, err := line.find(one)
	require.NoError(t, err)
	image, err := line.image(at)
	require.NoError(t, err)
	require.NoError(t, rt.engine.proc.cmd.Process.Kill())
	require.NoError(t, rt.Close())
	require.NoError(t, os.WriteFile(string(line.file)+restoring, image, 0o600))
	require.FileExists(t, line.file.wal())
	rt = start(t, Config{Dir: dir})
	require.Equal(t, "1", count(t, rt))
	require.Greater(t, bookmark(t, rt, time.Time{}), two)
	restore(t, rt, two)
	require.Equal(t, "2", count(t, rt))
}

// TestStatesOfADatabaseThatRests closes the files between writes, as workerd
// does with a database that nobody asks: its log is gone then.
func TestStatesOfADatabaseThatRests(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	var marks []string
	for _, sql := range []string{"CREATE TABLE t (a)", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"} {
		ask(t, rt, sql)
		marks = append(marks, bookmark(t, rt, time.Time{}))
		require.NoError(t, rt.engine.release(t.Context(), "db"))
		require.NoFileExists(t, rt.engine.timelines["db"].file.wal())
		require.Equal(t, marks[len(marks)-1], bookmark(t, rt, time.Time{}))
	}
	for i, mark := range marks {
		restore(t, rt, mark)
		require.Equal(t, fmt.Sprint(i), count(t, rt))
	}
}

// TestAtOnce is for the race detector: every write has its state.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	ask(t, rt, "CREATE TABLE t (a)")
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for range 5 {
				_, err := rt.Query(t.Context(), "db", []Statement{{SQL: "INSERT INTO t VALUES (1)"}})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	states := slices.Clone(rt.engine.timelines["db"].points)
	require.Len(t, states, 22, "nothing, the table, and 20 rows")
	restore(t, rt, states[14].bookmark())
	require.Equal(t, "13", count(t, rt))
}

// TestManyPages writes so much that logs are begun anew and whole records are
// made, and drops the oldest states beyond the limit.
func TestManyPages(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	ask(t, rt, "CREATE TABLE t (a)")
	first := bookmark(t, rt, time.Time{})
	const fill = "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT randomblob(4000) FROM n"
	type state struct{ bookmark, sum string }
	var states []state
	sum := func() string {
		return fmt.Sprint(ask(t, rt, "SELECT count(*), total(unicode(hex(substr(a, 7, 1)))), max(hex(substr(a, 1, 20))), min(hex(substr(a, -20))) FROM t"))
	}
	for _, sql := range slices.Repeat([]string{fill, "DELETE FROM t WHERE rowid % 3 = 0", fill, "UPDATE t SET a = randomblob(3000) WHERE rowid % 2", fill, fill, "CREATE INDEX i ON t (a)", "DELETE FROM t WHERE rowid < 450", fill, "DROP INDEX i", fill, "DELETE FROM t"}, 2) {
		ask(t, rt, sql)
		states = append(states, state{bookmark(t, rt, time.Time{}), sum()})
	}
	files, err := rt.engine.timelines["db"].files()
	require.NoError(t, err)
	require.Greater(t, len(files), 1, "whole records are made")
	for i := len(states) - 1; i >= 0; i -= 5 {
		s := states[i]
		restore(t, rt, s.bookmark)
		require.Equal(t, s.sum, sum(), s.bookmark)
		require.Equal(t, `[[ok]]`, fmt.Sprint(ask(t, rt, "PRAGMA quick_check")))
	}

	rt.engine.timelines["db"].limit = 1
	previous := restore(t, rt, states[0].bookmark)
	_, err = rt.Restore(t.Context(), "db", first)
	require.ErrorIs(t, err, ErrNoState)
	require.ErrorContains(t, err, "older than what is kept")
	_, err = rt.Bookmark(t.Context(), "db", time.Now().Add(-time.Minute))
	require.ErrorIs(t, err, ErrNoState)
	restore(t, rt, previous)
}

func TestWritesOfAWorkerCanBeRestored(t *testing.T) {
	t.Parallel()
	rt := start(t, Config{})
	ask(t, rt, "CREATE TABLE t (a)")
	serve(rt, script("w", `export default { async fetch(r, env) {
		await env.DB.prepare("INSERT INTO t VALUES (1)").run()
		await env.DB.batch([env.DB.prepare("INSERT INTO t VALUES (2)"), env.DB.prepare("INSERT INTO t VALUES (3)")])
		return Response.json(await env.DB.prepare("SELECT count(*) AS n FROM t").first())
	} }`, Binding{Name: "DB", Type: "d1", DatabaseID: "db"}))
	before := bookmark(t, rt, time.Time{})
	_, text := get(t, rt, "w.localhost", "/")
	require.JSONEq(t, `{"n":3}`, text)
	line := rt.engine.timelines["db"]
	restore(t, rt, line.points[len(line.points)-2].bookmark())
	require.Equal(t, "1", count(t, rt), "between a Worker's two calls")
	undo := restore(t, rt, before)
	_, text = get(t, rt, "w.localhost", "/")
	require.JSONEq(t, `{"n":3}`, text, "a Worker goes on with what was restored")
	restore(t, rt, undo)
	require.Equal(t, "1", count(t, rt))
}
