package migrate_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cloudflare/cloudflare-go/v6/d1"
	"github.com/cloudflare/cloudflare-go/v6/option"
	"github.com/stretchr/testify/require"

	"crane/internal/cloudflare"
	"crane/internal/lint"
	"crane/internal/local/account"
	"crane/internal/local/api"
	"crane/internal/local/runtime"
	"crane/internal/local/store"
	"crane/internal/migrate"
	"crane/internal/schema"
)

// root is the repository's, from this package.
const root = "../.."

// engine is the local Cloudflare with its real D1 engine.
type engine struct {
	host     string
	plain    string // the same without TLS, for wrangler
	http     *http.Client
	requests atomic.Int64
}

func startEngine(t *testing.T) *engine {
	t.Helper()
	absolute, err := filepath.Abs(root)
	require.NoError(t, err)
	workerd, err := runtime.Locate(absolute)
	require.NoError(t, err)
	rt, err := runtime.New(t.Context(), runtime.Config{Workerd: workerd, Dir: t.TempDir(), Log: io.Discard})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rt.Close()) })
	records, err := store.Open(t.TempDir())
	require.NoError(t, err)
	handler, err := api.New(api.Config{Store: records, Runtime: rt, Accounts: account.All()})
	require.NoError(t, err)

	e := &engine{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.requests.Add(1)
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	e.host, e.http = server.Listener.Addr().String(), server.Client()
	plain := httptest.NewServer(handler)
	t.Cleanup(plain.Close)
	e.plain = plain.URL
	return e
}

// database makes a database and counts from there.
func (e *engine) database(t *testing.T, name string) *cloudflare.Database {
	t.Helper()
	var params d1.DatabaseNewParams
	params.AccountID.Value = account.Staging.ID
	params.Name.Value, params.Name.Present = name, true
	made, err := d1.NewDatabaseService(option.WithBaseURL("https://"+e.host+"/client/v4/"),
		option.WithHTTPClient(e.http), option.WithAPIToken(account.Staging.Token)).New(t.Context(), params)
	require.NoError(t, err)
	client, err := cloudflare.New(cloudflare.Config{Host: e.host, Token: account.Staging.Token, HTTPClient: e.http})
	require.NoError(t, err)
	e.requests.Store(0)
	return client.Database(account.Staging.ID, made.UUID)
}

// schema lists a database's tables.
func tables(t *testing.T, db *cloudflare.Database) map[string]string {
	t.Helper()
	results, err := db.Query(t.Context(), "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'")
	require.NoError(t, err)
	tables := map[string]string{}
	for _, row := range results[0] {
		tables[row["name"].(string)], _ = row["sql"].(string)
	}
	return tables
}

// TestOnTheRealEngine shares one engine, whose start is most of the time; each
// case has a database of its own.
func TestOnTheRealEngine(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	for _, worker := range []string{"context-api", "watch"} {
		t.Run(worker, func(t *testing.T) { fleet(t, e, worker) })
	}
	t.Run("a file fails", func(t *testing.T) { stops(t, e) })
	t.Run("the first file fails", func(t *testing.T) { leavesNothing(t, e) })
	t.Run("a file loses rows", func(t *testing.T) { guarded(t, e) })
	t.Run("no database", func(t *testing.T) {
		client, err := cloudflare.New(cloudflare.Config{Host: e.host, Token: account.Staging.Token, HTTPClient: e.http})
		require.NoError(t, err)
		_, err = migrate.Ledger(t.Context(), client.Database(account.Staging.ID, "00000000-0000-0000-0000-000000000000"))
		require.ErrorIs(t, err, cloudflare.ErrNotFound)
		_, err = migrate.Ledger(t.Context(), client.Database(account.Production.ID, "00000000-0000-0000-0000-000000000000"))
		require.ErrorIs(t, err, cloudflare.ErrUnauthorized)
	})
}

func fleet(t *testing.T, e *engine, worker string) {
	files, err := migrate.Read(os.DirFS(filepath.Join(root, "workers", worker, "migrations")))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	db := e.database(t, worker)
	result, err := apply(t, db, migrate.Run{Files: files})
	require.NoError(t, err)
	require.Equal(t, names(files), applied(result))
	require.EqualValues(t, len(files)+2, e.requests.Load())

	again, err := apply(t, db, migrate.Run{Files: files, Known: result.Schema, Had: result.Applied})
	require.NoError(t, err)
	require.Equal(t, result.Applied, again.Applied)
	require.Empty(t, result.Schema.Diff(again.Schema))
	require.EqualValues(t, len(files)+6, e.requests.Load())
	require.Equal(t, "CREATE TABLE \"d1_migrations\"(\n\t\tid         INTEGER PRIMARY KEY AUTOINCREMENT,\n"+
		"\t\tname       TEXT UNIQUE,\n\t\tapplied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL\n)", tables(t, db)["d1_migrations"])
}

func stops(t *testing.T, e *engine) {
	db := e.database(t, "stops")
	files, err := migrate.Read(folder(map[string]string{
		"0001_a.sql": "CREATE TABLE a(x);\n",
		"0002_b.sql": "CREATE TABLE b(x);\nINSERT INTO a VALUES (1);\n\n  -- wrong\n  CREAT TABLE c(x);\n",
		"0003_c.sql": "CREATE TABLE d(x);\n",
	}))
	require.NoError(t, err)
	result, err := apply(t, db, migrate.Run{Files: files, Lint: leave})
	require.ErrorContains(t, err, `0002_b.sql:5:3: near "CREAT": syntax error at offset `)
	require.ErrorContains(t, err, "; this file committed nothing; already applied in this run: 0001_a.sql")
	require.Equal(t, []string{"0001_a.sql"}, applied(result))

	found := tables(t, db)
	require.Contains(t, found, "a")
	require.NotContains(t, found, "b")
	require.NotContains(t, found, "d")
	rows, err := db.Query(t.Context(), "SELECT count(*) AS n FROM a")
	require.NoError(t, err)
	require.EqualValues(t, 0, rows[0][0]["n"])

	files[1].SQL = strings.Replace(files[1].SQL, "CREAT ", "CREATE ", 1)
	result, err = apply(t, db, migrate.Run{Files: files})
	require.NoError(t, err)
	require.Equal(t, names(files), applied(result))
}

func leavesNothing(t *testing.T, e *engine) {
	db := e.database(t, "nothing")
	files, err := migrate.Files([]migrate.Source{{Name: "0001_a.sql", Text: []byte("CREATE TABLE a(x); INSERT INTO nowhere VALUES (1);")}})
	require.NoError(t, err)
	_, err = apply(t, db, migrate.Run{Files: files, Lint: leave})
	require.ErrorContains(t, err, "0001_a.sql: no such table: nowhere: SQLITE_ERROR; this file committed nothing, and nothing was applied before it")
	require.Empty(t, tables(t, db), "not even the ledger")
}

// leave leaves the judging to the engine.
func leave(_ context.Context, _ schema.Schema, files []lint.File) ([]lint.Verdict, error) {
	return make([]lint.Verdict, len(files)), nil
}

// guarded is the cascade story on the real engine: stopped by the linter, stopped
// by the guard when forced past it, and let through when it is acknowledged.
func guarded(t *testing.T, e *engine) {
	db := e.database(t, "guarded")
	_, err := apply(t, db, migrate.Run{Files: family2(t, rebuild)[:1]})
	require.NoError(t, err)
	_, err = db.Query(t.Context(), members)
	require.NoError(t, err)
	kept := func() string {
		rows, err := db.Query(t.Context(), "SELECT * FROM p; SELECT * FROM c; SELECT * FROM s; SELECT name, sql FROM sqlite_schema; SELECT name FROM d1_migrations; SELECT name FROM crane_migrations")
		require.NoError(t, err)
		return fmt.Sprint(rows)
	}
	before := kept()
	_, err = apply(t, db, migrate.Run{Files: family2(t, rebuild)})
	require.ErrorIs(t, err, migrate.ErrLint)
	require.ErrorContains(t, err, "0002_rebuild.sql:4:1: cascade: ")
	require.Equal(t, before, kept())
	_, err = apply(t, db, migrate.Run{Files: family2(t, rebuild), Lint: judged(whole)})
	require.ErrorIs(t, err, migrate.ErrLoss)
	require.ErrorContains(t, err, "it would have lost rows: c 3 to 0; this file committed nothing")
	require.Equal(t, before, kept())

	said := "-- crane:accept cascade they are made again\n-- crane:accept set-null and these\n-- crane:accept tighten no name is missing\n" + rebuild
	result, err := apply(t, db, migrate.Run{Files: family2(t, said)})
	require.NoError(t, err)
	rows, err := db.Query(t.Context(), "SELECT * FROM c")
	require.NoError(t, err)
	require.Empty(t, rows[0])
	_, err = db.Restore(t.Context(), result.Bookmark)
	require.NoError(t, err)
	require.Equal(t, before, kept())
}
