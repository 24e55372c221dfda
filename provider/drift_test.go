package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/migrate"
	"crane/internal/schema"
)

func TestOutside(t *testing.T) {
	t.Parallel()
	state := MigrationsState{Applied: []AppliedMigration{{Name: "0001_a.sql"}, {Name: "0002_b.sql"}}}
	for _, tc := range []struct {
		ledger []string
		want   string
	}{
		{[]string{"0001_a.sql", "0002_b.sql"}, ""},
		{[]string{"0002_b.sql"}, "the database no longer has 0001_a.sql\nhint: pulumi up --stack staging --refresh applies what is missing"},
		{nil, "the database no longer has 0001_a.sql, 0002_b.sql\nhint: pulumi up --stack staging --refresh applies what is missing"},
		{[]string{"0001_a.sql", "0002_b.sql", "0003_c.sql"}, "the database has 0003_c.sql, which this stack did not apply\n" +
			"hint: with the file beside the others, pulumi up --stack staging --refresh takes it over"},
	} {
		live := &migrate.Live{}
		for _, name := range tc.ledger {
			live.Applied = append(live.Applied, migrate.Applied{Name: name})
		}
		require.Equal(t, tc.want, strings.Join(outside(live, state), "\n"), tc.ledger)
	}
}

// TestLostLedger: what was applied cannot be applied again beside its tables. An
// empty database has it applied.
func TestLostLedger(t *testing.T) {
	t.Parallel()
	state := MigrationsState{Applied: []AppliedMigration{{Name: "0001_a.sql"}}}
	tables := schema.Schema{{Kind: "table", Name: "notes", Table: "notes", SQL: "CREATE TABLE notes (x)"}}
	require.Equal(t, []string{"the ledger is gone, the tables are there\nhint: crane drift"}, outside(&migrate.Live{Schema: tables}, state))
	require.Contains(t, outside(&migrate.Live{}, state)[0], "the database no longer has 0001_a.sql")
	require.Empty(t, outside(&migrate.Live{Schema: tables}, MigrationsState{}))
}

// TestSchemaOutside: a change by hand is shown as a difference.
func TestSchemaOutside(t *testing.T) {
	t.Parallel()
	was := schema.Schema{{Kind: "table", Name: "notes", Table: "notes", SQL: "CREATE TABLE notes (x)"}}
	is := schema.Schema{{Kind: "table", Name: "notes", Table: "notes", SQL: "CREATE TABLE notes (x, y)"}}
	text := outside(&migrate.Live{Schema: is}, MigrationsState{Schema: objects(was)})
	require.Len(t, text, 1)
	require.Contains(t, text[0], "the schema was changed:\n~ table notes\n    - create table notes(x)\n    + create table notes(x, y)\nhint: ")
	require.Empty(t, outside(&migrate.Live{Schema: was}, MigrationsState{Schema: objects(was)}))
}

func TestUnlike(t *testing.T) {
	t.Parallel()
	want := SmokeArgs{Revision: "0123456789abcdef", Migrations: map[string]string{"DB": "0002_b.sql"}}
	for body, text := range map[string]string{
		`{"status":"healthy","revision":"0123456789abcdef","migrations":{"DB":"0002_b.sql"}}`:   "",
		`{"status":"unhealthy","revision":"0123456789abcdef","migrations":{"DB":"0002_b.sql"}}`: `it says "unhealthy"`,
		`{"status":"healthy","revision":"","migrations":{"DB":"0002_b.sql"}}`:                   `it runs revision "", not "0123456789ab"`,
		`{"status":"healthy","revision":"0123456789abcdef","migrations":{"DB":"0003_c.sql"}}`:   `the migrations of DB are at "0003_c.sql", not "0002_b.sql"`,
		`hello`: "HTTP 200 without the JSON of a health check",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }))
		want.URL = server.URL
		require.Equal(t, text, unlike(context.Background(), want))
		server.Close()
	}
}
