package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/cloudflare"
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
		require.Equal(t, tc.want, outside(tc.ledger, state), tc.ledger)
	}
}

// tables is a database of which only the names of some tables are known.
type tables []string

func (t tables) Query(_ context.Context, sql string) ([][]cloudflare.Row, error) {
	rows := []cloudflare.Row{}
	for _, name := range t {
		rows = append(rows, cloudflare.Row{"name": name})
	}
	if sql != anyTable {
		return nil, fmt.Errorf("not expected: %s", sql)
	}
	return [][]cloudflare.Row{rows}, nil
}

// TestLostLedger: what was applied cannot be applied again beside its tables. An
// empty database has it applied.
func TestLostLedger(t *testing.T) {
	t.Parallel()
	state := MigrationsState{Applied: []AppliedMigration{{Name: "0001_a.sql"}}}
	missing := outside(nil, state)
	require.Equal(t, "the ledger is gone, the tables are there\nhint: crane drift", compared(t.Context(), tables{"notes"}, nil, state))
	require.Equal(t, missing, compared(t.Context(), tables{}, nil, state))
	require.Empty(t, compared(t.Context(), nil, []string{"0001_a.sql"}, state), "nothing is asked")
	require.Empty(t, compared(t.Context(), nil, nil, MigrationsState{}), "nothing is asked")
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
