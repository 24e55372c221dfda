package drift_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"crane/internal/drift"
	"crane/stacks"
)

const (
	again    = "pulumi up --stack staging --refresh --yes"
	urns     = "urn:pulumi:staging::crane::crane:infra:"
	database = urns + "Database$cloudflare:index/d1Database:D1Database::"
	ledger   = urns + "Database$crane:index:Migrations::"
	script   = urns + "Worker$cloudflare:index/workersScript:WorkersScript::"
)

func project(files ...string) drift.Project {
	p := drift.Project{Files: fstest.MapFS{}, Fleet: stacks.Fleet{
		Databases: []stacks.Database{{Name: "context-api", Migrations: "a/sql"}, {Name: "watch", Migrations: "b/sql"}},
		Workers: []stacks.Worker{
			{Name: "context-api", Secrets: stacks.Secrets{"B": stacks.Infra, "A": stacks.Infra}},
			{Name: "watch"},
			{Name: "new", Secrets: stacks.Secrets{"A": stacks.Infra}},
		},
	}}
	for _, name := range files {
		p.Files.(fstest.MapFS)[name] = &fstest.MapFile{}
	}
	return p
}

// read reads a document and gives its findings in one line each.
func read(t *testing.T, p drift.Project, document string) (drift.Report, []string) {
	t.Helper()
	report, err := p.Read([]byte(document))
	require.NoError(t, err)
	lines := []string{}
	for _, f := range report.Drift {
		require.NotNil(t, f.Properties)
		lines = append(lines, f.Resource+" "+string(f.Kind)+": "+f.Detail)
	}
	return report, lines
}

// TestByHand reads what Pulumi printed after a wrangler deploy, a cron and a
// route turned off, and a script and a database deleted.
func TestByHand(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/hand.json")
	require.NoError(t, err)
	report, lines := read(t, project("b/sql/0001_deliveries.sql", "b/sql/0002_x.sql"), string(text))
	const away = " does not answer as deployed: HTTP 404 without the JSON of a health check"
	require.Equal(t, []string{
		"context-api-crons changed: cron 0 */6 * * * gone",
		"context-api-d1 gone: the database is gone, and its data with it",
		"context-api-migrations gone: gone with its database",
		"context-api-route gone: the route was turned off",
		"context-api-script changed: content, var CRANE_REVISION gone, var SESSION_TTL_MINUTES changed",
		"context-api-smoke changed: http://context-api-staging.localhost:7702" + away,
		"watch-route gone: gone with its script",
		"watch-script gone: the script is gone",
		"watch-smoke changed: http://watch-staging.localhost:7702" + away,
	}, lines)
	for _, f := range report.Drift {
		require.Equal(t, "pulumi state delete --stack staging --target-dependents --yes '"+database+"context-api-d1' && crane recover && "+again, f.Next)
	}
	require.Equal(t, []string{"content", "plainTextBindings"}, report.Drift[4].Properties)
	require.Equal(t, script+"context-api-script", report.Drift[4].URN)
	require.Equal(t, 5, report.Count(drift.Gone))
	require.Equal(t, 4, report.Count(drift.Changed))
	require.Equal(t, []drift.Unseen{{
		Worker: "context-api", Secrets: []string{"A", "B"},
		Next: "pulumi state delete --stack staging --target-dependents --yes '" + script + "context-api-script' && crane up",
	}}, report.Unseen)
}

func TestNoDrift(t *testing.T) {
	t.Parallel()
	report, lines := read(t, project(), `{"steps":[{"op":"refresh","urn":"`+script+`watch-script"}]}`)
	require.Empty(t, lines)
	require.Empty(t, report.Unseen)
	require.NotNil(t, report.Drift, "an empty list, not null")
	require.NotNil(t, report.Unseen)
}

// TestMissingFiles: whatever is to be mended, an update is refused as long as
// the file of a migration that was applied is missing, drifted or not.
func TestMissingFiles(t *testing.T) {
	t.Parallel()
	const outputs = `{"outputs":{"applied":[{"name":"0001_a.sql"},{"name":"0002_b.sql"}]}}`
	const document = `{"steps":[{"op":"delete","urn":"` + script + `watch-script"},
		{"op":"refresh","urn":"` + ledger + `watch-migrations","oldState":` + outputs + `,"newState":` + outputs + `}]}`
	report, lines := read(t, project("b/sql/0002_b.sql"), document)
	require.Equal(t, []string{"watch-script gone: the script is gone"}, lines)
	require.Equal(t, "put 0001_a.sql back into b/sql (git checkout), then "+again, report.Drift[0].Next)
	report, _ = read(t, project("b/sql/0001_a.sql", "b/sql/0002_b.sql"), document)
	require.Equal(t, again, report.Drift[0].Next)
}

// TestLostLedger: the tables cannot be made again beside those that are there.
func TestLostLedger(t *testing.T) {
	t.Parallel()
	document := func(warning string) string {
		return `{"steps":[{"op":"update","urn":"` + ledger + `watch-migrations","diffReasons":["applied"],
			"oldState":{"outputs":{"applied":[{"name":"0001_a.sql"},{"name":"0002_b.sql"}]}},"newState":{"outputs":{"applied":[]}}}],
			"diagnostics":[{"urn":"` + ledger + `watch-migrations","severity":"warning","message":"warning: ` + warning + `"}]}`
	}
	report, lines := read(t, project(), document(`the ledger is gone, the tables are there\nhint: crane drift\n`))
	require.Equal(t, []string{"watch-migrations changed: the ledger is gone, the tables are there"}, lines)
	require.Equal(t, "crane migrate baseline --upto 0002 --database watch", report.Drift[0].Next)
	report, lines = read(t, project(), document(`the database no longer has 0001_a.sql, 0002_b.sql`))
	require.Equal(t, []string{"watch-migrations changed: migration 0001_a.sql gone, migration 0002_b.sql gone"}, lines)
	require.Equal(t, again, report.Drift[0].Next)
}

// TestUndeclaredSecret: an upload keeps the secrets there are, so that wrangler
// has to take it away; an update mends what else has changed.
func TestUndeclaredSecret(t *testing.T) {
	t.Parallel()
	p := project()
	p.Root, p.Ready = `'/it'\''s'`, "ready && "
	const remove = `(cd '/it'\''s'/workers/context-api && npx wrangler secret delete 'BYHAND' --name context-api-staging)`
	for now, want := range map[string]string{
		`{"name":"A"},{"name":"B"},{"name":"BYHAND"}`: "ready && " + remove,
		`{"name":"A"},{"name":"BYHAND"}`:              "ready && " + remove + " && " + again,
		`{"name":"A"}`:                                "ready && " + again,
	} {
		report, _ := read(t, p, `{"steps":[{"op":"update","urn":"`+script+`context-api-script","diffReasons":["secretTextBindings"],
			"oldState":{"outputs":{"secretTextBindings":[{"name":"A"},{"name":"B"}]}},
			"newState":{"outputs":{"secretTextBindings":[`+now+`]}}}]}`)
		require.Equal(t, want, report.Drift[0].Next)
	}
	declared, _ := read(t, p, `{"steps":[{"op":"update","urn":"`+script+`context-api-script","diffReasons":["secretTextBindings"],
		"oldState":{"outputs":{"secretTextBindings":[]}},"newState":{"outputs":{"secretTextBindings":[{"name":"A"}]}}}]}`)
	require.Equal(t, "ready && "+again, declared.Drift[0].Next, "somebody put it before the update that will")
}

// TestUnverified: it answers as deployed, and yet nobody verified it.
func TestUnverified(t *testing.T) {
	t.Parallel()
	_, lines := read(t, project(), `{"steps":[{"op":"update","urn":"`+urns+`Worker$crane:index:Smoke::watch-smoke","diffReasons":["verifiedAt"]}]}`)
	require.Equal(t, []string{"watch-smoke changed: not verified since the last refresh"}, lines)
}

// TestOutage: an outage has a cause, and the cause has what helps; asking again
// and again is not it.
func TestOutage(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"reading worker script watch-staging: GET /x answered 403: 10000: Authentication error":                                  "set CLOUDFLARE_API_TOKEN",
		"failed reading D1 database: Authentication error (10000)":                                                               "set CLOUDFLARE_API_TOKEN",
		"cannot read the ledger of migrations: Your account has exceeded D1's free tier daily row read limit. Upgrade to a paid": "wait until midnight UTC",
		"GET /x answered 429: 7429: D1 DB is overloaded. Requests queued for too long.":                                          "wait a moment",
		"GET /x answered 429: 971: please wait":                                                                                  "wait five minutes",
		"exceeded available rate limit retries":                                                                                  "wait five minutes",
		`Get "https://127.0.0.1:7701/client/v4": dial tcp 127.0.0.1:7701: connect: connection refused`:                           "crane local start",
		`dial tcp: lookup api.cloudflare.com: no such host`:                                                                      "check the network",
		"GET /d1/database/0-7404-1 answered 500: 10013: an unknown error":                                                        "run the same command again",
		"failed reading: Internal error (10013)":                                                                                 "run the same command again",
	} {
		require.True(t, strings.HasPrefix(drift.Outage(said), want), said)
	}
	for _, said := range []string{"", "GET /accounts/403/x answered 404: 7003: no route", "5000 rows", "the script is too large (10027)"} {
		require.Empty(t, drift.Outage(said), said)
	}
	report, _ := read(t, project(), `{"steps":[{"op":"refresh","urn":"`+script+`watch-script"}],"diagnostics":[{"urn":"`+script+`watch-script","severity":"error","message":"error: new"}]}`)
	require.Equal(t, "mend what is said above, then run the same command again", report.Drift[0].Next)
}

func TestLedger(t *testing.T) {
	t.Parallel()
	document := func(before, after string) string {
		return `{"steps":[{"op":"update","urn":"` + ledger + `watch-migrations","diffReasons":["applied"],
			"oldState":{"outputs":{"applied":[` + before + `]}},"newState":{"outputs":{"applied":[` + after + `]}}}]}`
	}
	const first, second = `{"name":"0001_a.sql"}`, `{"name":"0002_b.sql"}`
	for name, tc := range map[string]struct {
		project             drift.Project
		before, after, want string
		next                string
	}{
		"ahead":              {project("b/sql/0001_a.sql"), first, first + "," + second, "migration 0002_b.sql added", "put 0002_b.sql into b/sql, then " + again},
		"ahead, with a file": {project("b/sql/0001_a.sql", "b/sql/0002_b.sql"), first, first + "," + second, "migration 0002_b.sql added", again},
		"behind":             {project("b/sql/0001_a.sql"), first + "," + second, first, "migration 0002_b.sql gone", again},
	} {
		report, lines := read(t, tc.project, document(tc.before, tc.after))
		require.Equal(t, []string{"watch-migrations changed: " + tc.want}, lines, name)
		require.Equal(t, tc.next, report.Drift[0].Next, name)
	}
}

// TestGoneDatabases: the next command is one for all of them, in the words of
// either provider, and what has no file yet comes first.
func TestGoneDatabases(t *testing.T) {
	t.Parallel()
	_, lines := read(t, project(), `{"steps":[{"op":"refresh","urn":"`+database+`watch-d1"}],"diagnostics":[
		{"urn":"`+database+`watch-d1","severity":"error",
		"message":"error: Preview failed: GET /d1/database/0-7404-1 answered 500: 10013: an unknown error\n"}]}`)
	require.Equal(t, []string{"watch-d1 unread: could not be read: GET /d1/database/0-7404-1 answered 500: 10013: an unknown error"}, lines)

	report, lines := read(t, project(), `{"steps":[
		{"op":"refresh","urn":"`+database+`watch-d1"},{"op":"refresh","urn":"`+database+`context-api-d1"},
		{"op":"update","urn":"`+ledger+`watch-migrations","newState":{"outputs":{"applied":[{"name":"0009_z.sql"}]}}}
	],"diagnostics":[
		{"urn":"`+database+`watch-d1","severity":"error","message":"error: failed reading D1 database: The database x could not be found (7404)"},
		{"urn":"`+database+`context-api-d1","severity":"error","message":"error: reading: answered 404: 7404: could not be found\nhint: crane drift"}
	]}`)
	require.Equal(t, "watch-migrations changed: migration 0009_z.sql added", lines[2])
	both := "pulumi state delete --stack staging --target-dependents --yes '" + database + "context-api-d1' && " +
		"pulumi state delete --stack staging --target-dependents --yes '" + database + "watch-d1' && crane recover && " + again
	for _, f := range report.Drift {
		require.Equal(t, "put 0009_z.sql into b/sql, then "+both, f.Next, "without the file no update does anything")
	}
}

func TestUnread(t *testing.T) {
	t.Parallel()
	report, lines := read(t, project(), `{"steps":[{"op":"refresh","urn":"`+script+`watch-script"},{"op":"refresh","urn":"`+script+`other-script"}],"diagnostics":[
		{"urn":"`+script+`watch-script","severity":"error","message":"error: Preview failed: no answer\nfrom it\nhint: crane local start\n"},
		{"urn":"`+script+`other-script","severity":"error","message":"error: GET /x answered 403: 10000: Authentication error"}]}`)
	require.Equal(t, []string{"other-script unread: could not be read: GET /x answered 403: 10000: Authentication error", "watch-script unread: could not be read: no answer from it"}, lines)
	require.Equal(t, "set CLOUDFLARE_API_TOKEN to a token of the account in Pulumi.staging.yaml, then run the same command again", report.Drift[0].Next)
	require.Equal(t, "crane local start", report.Drift[1].Next)
	require.Equal(t, 2, report.Count(drift.Unread))
}

// TestSecretsAreNamedOnly: whatever a document holds, no text of a secret is said.
func TestSecretsAreNamedOnly(t *testing.T) {
	t.Parallel()
	document := func(old, now string) string {
		return `{"steps":[{"op":"update","urn":"` + script + `watch-script","diffReasons":["secretTextBindings","compatibilityDate"],
			"oldState":{"outputs":{"secretTextBindings":` + old + `}},"newState":{"outputs":{"secretTextBindings":` + now + `}}}]}`
	}
	const a, b = `{"name":"A","text":"hush"}`, `{"name":"B","text":"hush-hush"}`
	for want, text := range map[string]string{
		"compatibilityDate, secret A gone, secret B added": document(`[`+a+`]`, `[`+b+`]`),
		"compatibilityDate, secret A changed":              document(`[`+a+`]`, `[{"name":"A","text":"hush-hush"}]`),
		"compatibilityDate, secretTextBindings":            document(`"[secret]"`, `"hush"`),
		"compatibilityDate, secret A gone":                 document(`[`+a+`]`, `null`),
	} {
		report, lines := read(t, project(), text)
		require.Equal(t, []string{"watch-script changed: " + want}, lines)
		require.NotContains(t, strings.Join(lines, ""), "hush")
		require.Equal(t, []string{"compatibilityDate", "secretTextBindings"}, report.Drift[0].Properties)
	}
}

func TestUnreadableAnswer(t *testing.T) {
	t.Parallel()
	_, lines := read(t, project(), `{"steps":[{},{"op":"delete","urn":"x"}],"diagnostics":[{"severity":"error"}]}`)
	require.Equal(t, []string{"x gone: gone"}, lines)
	for _, text := range []string{"", "error: no stack named 'staging' found", `{"steps":1}`} {
		_, err := project().Read([]byte(text))
		require.ErrorIs(t, err, drift.ErrAnswer)
	}
}

// TestSchemaByHand: what no update undoes is looked at with the command that
// shows the difference.
func TestSchemaByHand(t *testing.T) {
	t.Parallel()
	report, lines := read(t, project(), `{"steps":[{"op":"update","urn":"`+ledger+`watch-migrations","diffReasons":["schema"],
		"oldState":{"outputs":{"schema":[{"kind":"table","name":"a","sql":"CREATE TABLE a (x)"},{"kind":"table","name":"b","sql":"CREATE TABLE b (x)"}]}},
		"newState":{"outputs":{"schema":[{"kind":"table","name":"a","sql":"CREATE TABLE a (x, y)"},{"kind":"index","name":"i","sql":"CREATE INDEX i ON a (x)"}]}}}]}`)
	require.Equal(t, []string{"watch-migrations changed: schema: table b gone, schema: index i added, schema: table a changed"}, lines)
	require.Equal(t, "crane migrate status --database watch", report.Drift[0].Next)
}
