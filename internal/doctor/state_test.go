package doctor

import (
	"encoding/json"
	"fmt"
	"testing"

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
