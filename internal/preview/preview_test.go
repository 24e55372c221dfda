package preview_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/preview"
)

type object = map[string]any

const at = "urn:pulumi:staging::crane::crane:infra:Any$"

// plan is what `pulumi preview --json` prints, made of steps.
func plan(t *testing.T, steps ...object) []byte {
	t.Helper()
	text, err := json.Marshal(object{"steps": steps})
	require.NoError(t, err)
	return text
}

func step(op, kind, name string, old, new object) object {
	s := object{"op": op, "urn": at + kind + "::" + name}
	if old != nil {
		s["oldState"] = object{"inputs": old}
	}
	if new != nil {
		s["newState"] = object{"inputs": new}
	}
	return s
}

const (
	script = "cloudflare:index/workersScript:WorkersScript"
	crons  = "cloudflare:index/workersCronTrigger:WorkersCronTrigger"
	d1     = "cloudflare:index/d1Database:D1Database"
	smoke  = "crane:index:Smoke"
)

// known is a database that stays as it is.
func known(id, name string) object {
	s := step("same", d1, name+"-d1", object{"name": name}, object{"name": name})
	s["oldState"].(object)["id"] = id
	return s
}

func list(names ...string) []any {
	var out []any
	for _, name := range names {
		key, value, _ := strings.Cut(name, "=")
		out = append(out, object{"name": key, "text": value, "service": value, "databaseId": value})
	}
	return out
}

// TestWhy: a line for each thing that is not as it was, and none for what
// follows from it.
func TestWhy(t *testing.T) {
	t.Parallel()
	old := func() object {
		return object{
			"name": "notes-staging", "content": "a", "compatibilityDate": "2026-11-01", "compatibilityFlags": []any{},
			"plainTextBindings": list("CRANE_REVISION=r1", "CRANE_STACK=staging", "TTL=240"), "secretTextBindings": list("KEY=[secret]"),
			"d1DatabaseBindings": list("DB=1"), "serviceBindings": list("API=api"),
		}
	}
	for name, test := range map[string]struct {
		change func(object)
		want   []string
	}{
		"only the revision": {func(o object) { o["plainTextBindings"] = list("CRANE_REVISION=r2", "CRANE_STACK=staging", "TTL=240") }, []string{"uploaded anew, for its revision alone"}},
		"code":              {func(o object) { o["content"] = "b" }, []string{"code: `ca978112ca1b (0.0 KiB)` → `3e23e8160039 (0.0 KiB)`"}},
		"a var":             {func(o object) { o["plainTextBindings"] = list("TTL=300") }, []string{"var `TTL`: `240` → `300`"}},
		"vars": {func(o object) { o["plainTextBindings"] = list("B=x\ny`|", "A=") },
			[]string{"var `A` is new", "var `B` is new: `x\\ny'\\|`", "var `TTL` is taken away"}},
		"a long var": {func(o object) { o["plainTextBindings"] = list("TTL=" + strings.Repeat("é", 100)) },
			[]string{"var `TTL`: `240` → `" + strings.Repeat("é", 80) + "…`"}},
		"a secret":       {func(o object) { o["secretTextBindings"] = list("KEY=[secret]", "NEW=[secret]") }, []string{"secret `NEW` is new"}},
		"no secret":      {func(o object) { o["secretTextBindings"] = nil }, []string{"secret `KEY` is taken away"}},
		"a database":     {func(o object) { o["d1DatabaseBindings"] = list("DB=1", "OTHER=2") }, []string{"database `OTHER` is new: `other-db`"}},
		"another one":    {func(o object) { o["d1DatabaseBindings"] = list("DB=2") }, []string{"database `DB`: `notes-db` → `other-db`"}},
		"one to be made": {func(o object) { o["d1DatabaseBindings"] = list("DB=04da6b54-80e4-46f7-96ec-b56ff0331ba9") }, []string{"database `DB`: `notes-db` → `a new database`"}},
		"a service":      {func(o object) { o["serviceBindings"] = list("API=other") }, []string{"service `API`: `api` → `other`"}},
		"compatibility":  {func(o object) { o["compatibilityFlags"] = []any{"nodejs_compat"} }, []string{"compatibility: `2026-11-01` → `2026-11-01 nodejs_compat`"}},
		"another script": {func(o object) { o["name"] = "x" }, []string{"script: `notes-staging` → `x`"}},
	} {
		next := old()
		test.change(next)
		r, err := preview.Of("staging", plan(t, known("1", "notes-db"), known("2", "other-db"), step("update", script, "notes-script", old(), next), step("update", smoke, "notes-smoke", object{}, object{})))
		require.NoError(t, err, name)
		require.Equal(t, []preview.Worker{{Name: "notes", Why: test.want}}, r.Workers, name)
		require.False(t, r.None(), name)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	text := plan(t,
		step("same", script, "same-script", nil, nil),
		step("update", smoke, "watch-smoke", object{}, object{}),
		step("create", crons, "notes-crons", nil, object{"schedules": []any{"0 * * * *"}}),
		step("update", "pulumi:providers:cloudflare", "default_5_49_1", nil, nil),
		step("create-replacement", d1, "watch-d1", nil, nil), step("replace", d1, "watch-d1", nil, nil), step("delete-replaced", d1, "watch-d1", nil, nil),
		step("delete", script, "old-script", nil, nil),
		step("update", "crane:index:Migrations", "notes-migrations", nil, nil),
		step("update", "crane:index:Migrations", "watch-migrations", nil, nil),
	)
	var file object
	require.NoError(t, json.Unmarshal(text, &file))
	file["diagnostics"] = []any{
		object{"urn": at + "crane:index:Migrations::notes-migrations", "severity": "info", "message": "pending 0003_b.sql: refused, 1 problem\n"},
		object{"urn": at + "crane:index:Migrations::notes-migrations", "severity": "info", "message": "pending 0002_a.sql: ok\n"},
		object{"urn": at + "crane:index:Migrations::notes-migrations", "severity": "error", "message": "it fails\n"},
		object{"urn": "", "severity": "error", "message": "it fails"},
		object{"urn": "", "severity": "warning", "message": "never mind"},
	}
	text, err := json.Marshal(file)
	require.NoError(t, err)
	r, err := preview.Of("staging", text)
	require.NoError(t, err)
	require.Equal(t, preview.Report{
		Stack: "staging", Compared: true,
		Workers:    []preview.Worker{{Name: "notes", Why: []string{"crons: `0 * * * *`"}}, {Name: "watch", Why: []string{}}},
		Migrations: []preview.Migration{{"notes", "0002_a.sql", "ok"}, {"notes", "0003_b.sql", "refused, 1 problem"}},
		Lost:       []preview.Loss{{"replace", "D1Database watch-d1"}, {"delete", "WorkersScript old-script"}},
		Others:     []string{"update Migrations watch, with nothing to apply", "update provider cloudflare"},
		Errors:     []string{"it fails"},
	}, r)
	require.Equal(t, `## What an update would change

### staging

> [!WARNING]
> An update would be refused.

~~~text
it fails
~~~

> [!CAUTION]
> This deletes or replaces:
> - replace `+"`D1Database watch-d1`"+`
> - delete `+"`WorkersScript old-script`"+`

- Worker **notes**
  - crons: `+"`0 * * * *`"+`
- Worker **watch** is asked again whether it is healthy
- migration of **notes**: `+"`0002_a.sql`"+`: ok
- migration of **notes**: `+"`0003_b.sql`"+`: refused, 1 problem
- update Migrations watch, with nothing to apply
- update provider cloudflare
`, preview.Markdown([]preview.Report{r}))
}

func TestNoChanges(t *testing.T) {
	t.Parallel()
	one, err := preview.Of("staging", plan(t, step("same", script, "notes-script", nil, nil)))
	require.NoError(t, err)
	require.True(t, one.None())
	other, err := preview.Of("production", nil)
	require.NoError(t, err)
	require.Equal(t, "## What an update would change\n\n**staging**: no changes\n\n**production**: no changes\n", preview.Markdown([]preview.Report{one, other}))
	text, err := json.Marshal(one)
	require.NoError(t, err)
	require.JSONEq(t, `{"stack": "staging", "compared": true, "why": "", "workers": [], "migrations": [], "lost": [], "others": [], "errors": []}`, string(text), "lists are lists")
}

// TestNotCompared: why there was nothing to compare with is said, in one line.
func TestNotCompared(t *testing.T) {
	t.Parallel()
	r, err := preview.Of("staging", plan(t, step("create", d1, "notes-d1", nil, object{})))
	require.NoError(t, err)
	r.Compared, r.Why = false, "the artifact has\nexpired: preview-staging"
	require.Equal(t, `## What an update would change

### staging

Everything is taken as new: the artifact has expired: preview-staging.

- create D1Database notes-d1
`, preview.Markdown([]preview.Report{r}))
	text, err := json.Marshal(r)
	require.NoError(t, err)
	require.Contains(t, string(text), `"compared":false,"why":"the artifact has\nexpired: preview-staging","workers"`)
}

// TestCut: a comment of GitHub's has its limit, and what is cut is said.
func TestCut(t *testing.T) {
	t.Parallel()
	r := preview.Report{Stack: "staging", Compared: true, Errors: []string{strings.Repeat("an error of forty characters and ümlauts\n", 2000)}}
	text := preview.Markdown([]preview.Report{r})
	require.Less(t, len(text), 65536)
	require.Regexp(t, `(?s)ümlauts\n~~~\n\nThis is cut: \d+ lines more. `, text)
	require.Greater(t, len(preview.Whole([]preview.Report{r})), 65536)
}

func TestNoPlan(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"{", "[]", fmt.Sprintf(`{"steps": [{"op": "update", "urn": "%s%s::a-script", "newState": {"inputs": {"content": 1}}}]}`, at, script)} {
		_, err := preview.Of("staging", []byte(text))
		require.ErrorIs(t, err, preview.ErrPlan, text)
	}
}
