package doctor

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// exportOf is a stack's state as `pulumi stack export` prints it, with the
// latches of production.
func exportOf(t *testing.T, stack string) map[string]any {
	t.Helper()
	text := fmt.Sprintf(`{"version":3,"deployment":{"manifest":{"time":"2026-11-23T00:00:00Z"},"resources":[
		{"urn":"urn:pulumi:%[1]s::crane::pulumi:pulumi:Stack::crane-%[1]s","type":"pulumi:pulumi:Stack","outputs":{
			"canary":{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","ciphertext":"v1:x"},
			"databases":{"api":{"id":"p1","name":"api-db","head":"0001_a.sql"}}}},
		{"urn":"urn:pulumi:%[1]s::crane::crane:infra:Database$cloudflare:index/d1Database:D1Database::api-d1","custom":true,"id":"p1",
			"type":"cloudflare:index/d1Database:D1Database","inputs":{"name":"api-db-prod"},"protect":true,"retainOnDelete":true,
			"resourceHooks":{"BeforeDelete":["crane-latch"]}},
		{"urn":"urn:pulumi:%[1]s::crane::crane:infra:Database$crane:index:Migrations::api-migrations","custom":true,"type":"crane:index:Migrations",
			"outputs":{"head":"0001_a.sql","bookmark":"00000001-0","applied":[{"name":"0001_a.sql","sha256":"aa"}]},
			"resourceHooks":{"BeforeDelete":["crane-latch"]}},
		{"urn":"urn:pulumi:%[1]s::crane::crane:infra:Worker$cloudflare:index/workersScript:WorkersScript::api-script","custom":true,
			"type":"cloudflare:index/workersScript:WorkersScript","inputs":{"name":"api"},"protect":true,
			"resourceHooks":{"BeforeDelete":["crane-latch"]}},
		{"urn":"urn:pulumi:%[1]s::crane::crane:infra:Worker$crane:index:Route::api-route","custom":true,"type":"crane:index:Route"}]}}`, stack)
	var export map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &export))
	return export
}

// resourceOf is one resource of an export, by the end of its URN.
func resourceOf(export map[string]any, n int) map[string]any {
	return export["deployment"].(map[string]any)["resources"].([]any)[n].(map[string]any)
}

// The places of the resources in exportOf.
const (
	theStack = iota
	theDatabase
	theMigrations
	theScript
)

// without takes one resource out of an export.
func without(export map[string]any, n int) {
	d := export["deployment"].(map[string]any)
	all := d["resources"].([]any)
	d["resources"] = append(append([]any{}, all[:n]...), all[n+1:]...)
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{", `[]`, `{}`, `{"deployment":{"resources":[{"urn":"x"}]}}`} {
		_, err := parse([]byte(text))
		require.Error(t, err, text)
		require.NotErrorIs(t, err, ErrNoState)
	}
	_, err := parse([]byte(`{"deployment":{"resources":[]}}`))
	require.ErrorIs(t, err, ErrNoState)
}

// TestPreviewState is of states that the workflows have published: each check says
// when they were fetched, and an old one is weak.
func TestPreviewState(t *testing.T) {
	t.Parallel()
	for age, want := range map[time.Duration]Verdict{time.Hour: OK, 47 * time.Hour: OK, 49 * time.Hour: Weak} {
		p := healthy(t)
		p.copied = time.Now().Add(-age)
		r := p.examine(t)
		for _, f := range r.Findings {
			if strings.HasPrefix(f.ID, "state.") {
				stack := strings.Split(f.ID, ".")[1]
				require.Equal(t, want, f.Verdict, f)
				require.Contains(t, f.Found, ", by the preview state of "+stack+", fetched "+p.copied.UTC().Format("2006-01-02 15:04 UTC"))
				require.Equal(t, want == Weak, f.Fix == "crane fetch states, then crane doctor", f)
			}
		}
		require.Equal(t, want == Weak, r.Err() != nil)
	}
}

// TestPreviewStateVerdicts are those that age does not change, and that of a state
// which had nothing.
func TestPreviewStateVerdicts(t *testing.T) {
	t.Parallel()
	p := healthy(t)
	p.copied = time.Now().Add(-49 * time.Hour)
	strip(theDatabase, "protect", false)(p)
	p.states["staging"]["deployment"].(obj)["resources"] = []any{}
	r := p.examine(t)
	require.Equal(t, Wrong, r.found(t, "state.production.latches").Verdict)
	require.Contains(t, r.found(t, "state.production.latches").Found, "api-d1 lacks protect, by the preview state of production, fetched ")
	require.Equal(t, Weak, r.found(t, "state.staging.databases").Verdict)
	require.Contains(t, r.found(t, "state.staging.databases").Found, "nothing was ever deployed, by the preview state of staging, fetched ")
}
