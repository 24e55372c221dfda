package deployed_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/deployed"
	"crane/internal/schema"
)

// staging is what `pulumi stack export` printed after a first crane up, without
// Pulumi's source positions and with most of the Workers' code cut off.
func staging(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/staging.json")
	require.NoError(t, err)
	return text
}

func TestRealState(t *testing.T) {
	t.Parallel()
	s, err := deployed.Parse(staging(t))
	require.NoError(t, err)
	require.Nil(t, s.Release)
	require.False(t, s.Pending)

	require.Len(t, s.Workers, 2)
	require.Equal(t, deployed.Worker{
		Script:             "watch-staging",
		Bundle:             "0f5879868d51a052a23a5657b8cb8e695ffa95bee842a09f6f0d1d05bb988b41",
		Revision:           "2c5695309338112409654e754110c91178b9a99b5553ecb03cb33e1db85968ba",
		URL:                "http://watch-staging.localhost:7702",
		CompatibilityDate:  "2026-11-01",
		CompatibilityFlags: []string{},
		VerifiedAt:         time.Date(2026, 11, 23, 7, 35, 5, 0, time.UTC),
	}, s.Workers["watch"])

	require.Len(t, s.Databases, 2)
	db := s.Databases["context-api"]
	require.Equal(t, "context-api-db-staging", db.Name)
	require.Equal(t, "b29f7db1-b791-475b-bedf-5c71090c5423", db.ID)
	require.Equal(t, "0004_idempotency.sql", db.Head)
	require.Len(t, db.Applied, 4)
	require.Equal(t, deployed.Applied{Name: "0001_sessions.sql", SHA256: "a3bfa3c8da5ef0b9e0373a864c7304b39cd9730ad42855137a68347dfe54a943"}, db.Applied[0])
	require.Len(t, db.Schema, 11)
	index, ok := db.Schema.Find("index", "notes_by_venture")
	require.True(t, ok)
	require.Equal(t, schema.Object{
		Kind: "index", Name: "notes_by_venture", Table: "notes",
		SQL: "CREATE INDEX notes_by_venture ON notes (venture, seq)",
	}, index)
}

// TestOrder: a state that was imported or repaired need not have what is needed
// before what needs it.
func TestOrder(t *testing.T) {
	t.Parallel()
	want, err := deployed.Parse(staging(t))
	require.NoError(t, err)
	var file map[string]any
	require.NoError(t, json.Unmarshal(staging(t), &file))
	resources := file["deployment"].(map[string]any)["resources"].([]any)
	for i, j := 0, len(resources)-1; i < j; i, j = i+1, j-1 {
		resources[i], resources[j] = resources[j], resources[i]
	}
	text, err := json.Marshal(file)
	require.NoError(t, err)
	got, err := deployed.Parse(text)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// made is a state with resources that a test writes out.
func made(resources ...string) []byte {
	return []byte(`{"version": 3, "deployment": {"manifest": {}, "resources": [` + strings.Join(resources, ",") + `]}}`)
}

func one(kind, name, more string) string {
	return `{"urn": "urn:pulumi:production::crane::crane:infra:Any$` + kind + `::` + name + `", "type": "` + kind + `"` + more + `}`
}

func script(name, content, more string) string {
	return one("cloudflare:index/workersScript:WorkersScript", name+"-script", `, "id": "`+name+`", "inputs": {"name": "`+name+`",
		"content": "`+content+`", "compatibilityFlags": ["nodejs_compat"], "plainTextBindings": [{"name": "A", "text": "b"}, {"name": "CRANE_REVISION", "text": "new"}]}`+more)
}

func smoke(name, outputs string) string {
	return one("crane:index:Smoke", name+"-smoke", `, "outputs": `+outputs)
}

func TestWorkers(t *testing.T) {
	t.Parallel()
	verified := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	// printf x | sha256sum
	plain := deployed.Worker{
		Script: "a", Bundle: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
		Revision: "new", CompatibilityFlags: []string{"nodejs_compat"},
	}
	with := func(change func(*deployed.Worker)) map[string]deployed.Worker {
		w := plain
		change(&w)
		return map[string]deployed.Worker{"a": w}
	}
	none := map[string]deployed.Worker{}
	for name, test := range map[string]struct {
		state []byte
		want  map[string]deployed.Worker
	}{
		"only a script": {made(script("a", "x", "")), with(func(*deployed.Worker) {})},
		"verified": {made(script("a", "x", ""), smoke("a", `{"revision": "new", "verifiedAt": "2026-01-02T03:04:05Z"}`)),
			with(func(w *deployed.Worker) { w.VerifiedAt = verified })},
		"the revision before was verified": {made(script("a", "x", ""), smoke("a", `{"revision": "old", "verifiedAt": "2026-01-02T03:04:05Z"}`)),
			with(func(*deployed.Worker) {})},
		"never turned healthy": {made(script("a", "x", ""), smoke("a", `{"revision": "new", "verifiedAt": ""}`)),
			with(func(*deployed.Worker) {})},
		"routed": {made(script("a", "x", ""), one("crane:index:Route", "a-route", `, "outputs": {"url": "https://a"}`)),
			with(func(w *deployed.Worker) { w.URL = "https://a" })},
		"its smoke waits for deletion": {made(script("a", "x", ""), smoke("a", `{"revision": "new", "verifiedAt": "2026-01-02T03:04:05Z"}, "delete": true`)),
			with(func(*deployed.Worker) {})},
		"waits for deletion":               {made(script("a", "x", `, "delete": true`)), none},
		"was deleted to be made again":     {made(script("a", "x", `, "pendingReplacement": true`)), none},
		"replaced, the old one still here": {made(script("a", "x", ""), script("a", "y", `, "delete": true`)), with(func(*deployed.Worker) {})},
		"the old one first":                {made(script("a", "y", `, "delete": true`), script("a", "x", "")), with(func(*deployed.Worker) {})},
		"its script is gone":               {made(smoke("a", `{"revision": "new"}`), one("crane:index:Route", "a-route", `, "outputs": {"url": "https://a"}`)), none},
		"somebody else's script":           {made(one("cloudflare:index/workersScript:WorkersScript", "other", "")), none},
		"taken over": {made(one("cloudflare:index/workersScript:WorkersScript", "a-script", `, "inputs": {"name": "a"}`)),
			map[string]deployed.Worker{"a": {Script: "a"}}},
		"half made": {made(one("cloudflare:index/workersScript:WorkersScript", "a-script", "")),
			map[string]deployed.Worker{"a": {}}},
	} {
		s, err := deployed.Parse(test.state)
		require.NoError(t, err, name)
		require.Equal(t, test.want, s.Workers, name)
		require.Empty(t, s.Databases, name)
	}
}

func TestDatabases(t *testing.T) {
	t.Parallel()
	const d1 = "cloudflare:index/d1Database:D1Database"
	s, err := deployed.Parse(made(
		one(d1, "fresh-d1", `, "id": "1", "inputs": {"name": "fresh-db-prod"}`),
		one(d1, "notes-d1", `, "id": "2", "inputs": {"name": "notes-db-prod"}`),
		one("crane:index:Migrations", "notes-migrations", `, "outputs": {"head": "0002_b.sql", "bookmark": "0001-5",
			"applied": [{"name": "0001_a.sql", "sha256": ""}, {"name": "0002_b.sql", "sha256": "bb"}],
			"rows": {"t": "10-99"}, "schema": [{"kind": "view", "name": "v", "table": "v", "sql": "CREATE VIEW v AS SELECT 1"},
			{"kind": "table", "name": "t", "table": "t", "sql": "CREATE TABLE t (x)"}]}`),
		one("crane:index:Migrations", "gone-migrations", `, "outputs": {"head": "0001_a.sql"}`),
	))
	require.NoError(t, err)
	require.Equal(t, map[string]deployed.Database{
		"fresh": {Name: "fresh-db-prod", ID: "1"},
		"notes": {
			Name: "notes-db-prod", ID: "2", Head: "0002_b.sql", Bookmark: "0001-5",
			Applied: []deployed.Applied{{Name: "0001_a.sql"}, {Name: "0002_b.sql", SHA256: "bb"}},
			Rows:    map[string]string{"t": "10-99"},
			Schema: schema.Schema{
				{Kind: "table", Name: "t", Table: "t", SQL: "CREATE TABLE t (x)"},
				{Kind: "view", Name: "v", Table: "v", SQL: "CREATE VIEW v AS SELECT 1"},
			},
		},
	}, s.Databases)
}

func TestRelease(t *testing.T) {
	t.Parallel()
	s, err := deployed.Parse(made(one("crane:index:Release", "release", `, "inputs": {"__defaults": [], "commit": "c2", "receipt": "r2",
		"verified": "2026-01-02T03:04:05Z", "rollback": true, "history": [{"commit": "c1", "receipt": "r1", "verified": "2026-01-01T00:00:00Z"}]}`)))
	require.NoError(t, err)
	require.Equal(t, &deployed.Release{
		Past:     deployed.Past{Commit: "c2", Receipt: "r2", Verified: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		Rollback: true,
		History:  []deployed.Past{{Commit: "c1", Receipt: "r1", Verified: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}},
	}, s.Release)
	s, err = deployed.Parse(made())
	require.NoError(t, err)
	require.Nil(t, s.Release)
}

func TestPending(t *testing.T) {
	t.Parallel()
	s, err := deployed.Parse([]byte(`{"deployment": {"pending_operations": [{"type": "creating", "resource": {"urn": "u"}}]}}`))
	require.NoError(t, err)
	require.True(t, s.Pending)
}

func TestNewStack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"version": 3, "deployment": {"manifest": {}}}`,
		`{"version": 3, "deployment": {"manifest": {}, "resources": null, "pending_operations": []}}`,
	} {
		s, err := deployed.Parse([]byte(text))
		require.NoError(t, err)
		require.Equal(t, deployed.Stack{Workers: map[string]deployed.Worker{}, Databases: map[string]deployed.Database{}}, s)
	}
}

func TestUnreadableState(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		state []byte
		want  string
	}{
		"nothing":       {nil, "unexpected end of JSON input"},
		"no object":     {[]byte(`[]`), "cannot unmarshal array"},
		"no deployment": {[]byte(`{"version": 3}`), "it has no deployment"},
		"no list":       {[]byte(`{"deployment": {"resources": 1}}`), "cannot unmarshal number"},
		"no URN":        {made(`{"urn": "watch-script"}`), `"watch-script" is no URN`},
		"code that is a secret": {made(one("cloudflare:index/workersScript:WorkersScript", "a-script", `, "inputs": {"content": {"ciphertext": "v1:x"}}`)),
			"::a-script: json: cannot unmarshal object"},
		"no time":    {made(script("a", "x", ""), smoke("a", `{"revision": "new", "verifiedAt": "yesterday"}`)), `when a was verified: parsing time "yesterday"`},
		"no ledger":  {made(one("cloudflare:index/d1Database:D1Database", "a-d1", ""), one("crane:index:Migrations", "a-migrations", `, "outputs": {"applied": "all"}`)), "::a-migrations: json: "},
		"no release": {made(one("crane:index:Release", "release", `, "inputs": {"verified": "yesterday"}`)), "::release: parsing time"},
	} {
		s, err := deployed.Parse(test.state)
		require.ErrorIs(t, err, deployed.ErrState, name)
		require.ErrorContains(t, err, test.want, name)
		require.Zero(t, s, name)
	}
}
