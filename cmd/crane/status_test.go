package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/deployed"
	"crane/internal/hint"
	"crane/internal/release"
	"crane/stacks"
)

// TestReadingEnvironment starts from a shell full of what could lead Pulumi
// elsewhere, or open something: none of it gets through.
func TestReadingEnvironment(t *testing.T) {
	t.Parallel()
	w, l := shell(t, "127.0.0.1:7701",
		"HOME=/home/a", "PATH=/bin", "LANG=C", "TMPDIR=/var/tmp", "CRANE_ENV=prod", "LD_PRELOAD=/evil.so",
		"PULUMI_STACK=other", "PULUMI_BACKEND_URL=s3://other", "PULUMI_CONFIG_PASSPHRASE=p", "PULUMI_CONFIG_PASSPHRASE_FILE=/f",
		"PULUMI_HOME=/elsewhere", "PULUMI_ACCESS_TOKEN=t", "CLOUDFLARE_API_TOKEN=t", "CLOUDFLARE_ACCOUNT_ID=a",
		"CRANE_INFISICAL_CLIENT_SECRET=s", "AWS_SECRET_ACCESS_KEY=k", "HTTPS_PROXY=http://evil",
	)
	env, err := w.reading(l)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{
		"HOME=/home/a", "LANG=C", "TMPDIR=/var/tmp",
		"PATH=" + l.Bin() + ":/bin",
		"PULUMI_BACKEND_URL=file://" + l.Root + "/.crane/state/production",
		"PULUMI_HOME=" + l.PulumiHome(),
		"PULUMI_SKIP_UPDATE_CHECK=true",
	}, env)
}

// TestNoStateIsMade: Pulumi writes into a folder that it is asked about, so it is
// not asked about one that holds no state.
func TestNoStateIsMade(t *testing.T) {
	t.Parallel()
	w, l := shell(t, "127.0.0.1:7701")
	folder := filepath.Join(l.Root, stacks.Production.Backend)
	for _, make := range []func(){func() {}, func() { require.NoError(t, os.MkdirAll(folder, 0o755)) }} {
		make()
		require.Equal(t, none, w.read(t.Context(), l, stacks.Production, w.reading).state)
		require.NoDirExists(t, filepath.Join(folder, ".pulumi"))
	}
	require.NoDirExists(t, filepath.Join(l.Root, stacks.Staging.Backend))
}

var may = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)

// ran is a stack with one Worker and one database.
func ran(bundle string, files ...string) deployed.Stack {
	db := deployed.Database{}
	for _, name := range files {
		db.Applied = append(db.Applied, deployed.Applied{Name: name, SHA256: "digest of " + name})
	}
	return deployed.Stack{
		Workers:   map[string]deployed.Worker{"watch": {Script: "watch", Bundle: bundle, Revision: "1111", VerifiedAt: may}},
		Databases: map[string]deployed.Database{"watch": db},
	}
}

func seenAs(stack stacks.Stack, d deployed.Stack) view {
	v := view{stack: stack, state: readable, deployed: d, rows: []workerStatus{
		{stack: stack.Name, Worker: "watch", URL: "http://watch", Revision: "1111", Health: "healthy", Migrations: map[string]string{"DB": "0001_a.sql"}},
	}}
	v.annotate()
	return v
}

// level is everything in order.
func level() sight {
	d := ran("aaaa", "0001_a.sql")
	return sight{
		staging: seenAs(stacks.Staging, d), production: seenAs(stacks.Production, d),
		main: mainline{receipt: "rrrr", commit: "cccc", deployed: d},
	}
}

func page(t *testing.T, s sight) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, world{stdout: &out}.showStacks(s))
	_, text, _ := strings.Cut(out.String(), "main: ")
	return "main: " + text
}

func TestStatusPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*sight)
		want   string
	}{
		"in order": {func(*sight) {}, "main: staging is on main, by receipt rrrr of commit cccc\nproduction: in sync with staging\n"},
		"no receipt": {func(s *sight) { s.main = mainline{reason: errors.New("no receipt: crane release writes one")} },
			"main: no receipt: crane release writes one\nproduction: in sync with staging\n"},
		"off main, production behind": {func(s *sight) { s.staging = seenAs(stacks.Staging, ran("bbbb", "0001_a.sql", "0002_b.sql")) },
			"main: staging is off main, by receipt rrrr of commit cccc\n  watch: bundle bbbb, main has aaaa\n  watch: migration 0002_b.sql is not on main\n" +
				"production: behind staging\n  watch: bundle aaaa, staging has bbbb\n  watch: migration 0002_b.sql is not applied, staging has it\n"},
		"an update did not end": {func(s *sight) { s.staging.deployed.Pending, s.production.deployed.Pending = true, true },
			"main: staging is off main, by receipt rrrr of commit cccc\n  an update did not end\nproduction: in sync with staging\nproduction: not as its state has it\n  an update did not end\n"},
		"changed by hand": {func(s *sight) { s.staging.rows[0].Revision = "2222" },
			"main: staging is off main, by receipt rrrr of commit cccc\n  watch: answers with revision 2222, the state has 1111\nproduction: in sync with staging\n"},
		"changed by hand, no receipt": {func(s *sight) {
			s.main = mainline{reason: errNoReceipt}
			s.staging.rows[0].Revision, s.production.rows[0].Revision = "2222", "3333"
		}, "main: no receipt: crane release writes one\n  watch: answers with revision 2222, the state has 1111\n" +
			"production: in sync with staging\nproduction: not as its state has it\n  watch: answers with revision 3333, the state has 1111\n"},
		"nothing on production": {func(s *sight) { s.production = view{stack: stacks.Production, state: none} },
			"main: staging is on main, by receipt rrrr of commit cccc\nproduction: nothing is deployed\n"},
		"production elsewhere": {func(s *sight) { s.production = view{stack: stacks.Production, state: unreadable, reason: errRemote} },
			"main: staging is on main, by receipt rrrr of commit cccc\nproduction's state is not readable here: it is not in a folder of this machine\n"},
		"nothing on staging": {func(s *sight) { s.staging = view{stack: stacks.Staging, state: none} },
			"main: staging is off main, by receipt rrrr of commit cccc\n  nothing is deployed on staging\n"},
		"staging elsewhere": {func(s *sight) {
			s.staging = view{stack: stacks.Staging, state: unreadable, reason: errors.New("no key")}
		},
			"main: staging is off main, by receipt rrrr of commit cccc\n  staging's state is not readable here: no key\n"},
		"released": {func(s *sight) {
			s.production.deployed.Release = &deployed.Release{Past: deployed.Past{Commit: "cccc", Receipt: "rrrr", Verified: may}}
		}, "main: staging is on main, by receipt rrrr of commit cccc\nproduction: in sync with staging\nproduction: runs receipt rrrr of commit cccc, verified 2026-05-04 03:02 UTC\n"},
		"gone back": {func(s *sight) {
			s.production.deployed.Release = &deployed.Release{Past: deployed.Past{Commit: "cccc", Receipt: "rrrr", Verified: may}, Rollback: true}
		}, "main: staging is on main, by receipt rrrr of commit cccc\nproduction: in sync with staging\nproduction: went back to receipt rrrr of commit cccc, verified 2026-05-04 03:02 UTC\n"},
	} {
		s := level()
		test.change(&s)
		require.Equal(t, test.want, page(t, s), name)
	}
}

// TestStatusTable: the lines of one Worker are together and fit 100 columns.
func TestStatusTable(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("0123456789abcdef", 4)
	d := deployed.Stack{Workers: map[string]deployed.Worker{"context-api": {Bundle: digits, Revision: digits, VerifiedAt: may}, "old": {}}}
	row := workerStatus{Worker: "context-api", Revision: digits, Health: "healthy", Migrations: map[string]string{"DB": "0004_a_name_that_goes_on_and_on.sql"}}
	down := workerStatus{Worker: "context-api", Health: silent}
	s := sight{
		staging:    view{stack: stacks.Staging, state: readable, deployed: d, rows: []workerStatus{row, {Worker: "watch", Health: "unhealthy", Migrations: map[string]string{"LOG": "0002_b.sql", "DB": "0001_a.sql"}}}},
		production: view{stack: stacks.Production, state: readable, deployed: d, rows: []workerStatus{down, {Worker: "old", Health: "healthy"}}},
		main:       mainline{reason: errors.New("none")},
	}
	s.staging.annotate()
	s.production.annotate()
	var out bytes.Buffer
	require.NoError(t, world{stdout: &out}.showStacks(s))
	table, _, _ := strings.Cut(out.String(), "main: ")
	require.Equal(t, `
WORKER       STACK       REVISION      BUNDLE        DEPLOYED UTC  HEALTH       MIGRATION
context-api  staging     0123456789ab  0123456789ab  May  4 03:02  healthy      0004_a_name_that_go…
context-api  production  -             0123456789ab  May  4 03:02  unreachable  -
watch        staging     -             -             -             unhealthy    DB=0001 LOG=0002
old          production  -             -             -             healthy      -
`, "\n"+table)
	for line := range strings.Lines(out.String()) {
		require.LessOrEqual(t, len([]rune(line)), 101, line)
	}
}

// TestStatusDocument holds the contract: every field, lists never null.
func TestStatusDocument(t *testing.T) {
	t.Parallel()
	encoded := func(s sight) string {
		var out bytes.Buffer
		require.NoError(t, world{stdout: &out}.encodeStatus(s))
		require.Equal(t, 1, strings.Count(out.String(), "\n"))
		return out.String()
	}
	const row = `{"worker":"watch","url":"http://watch","revision":"1111","health":"healthy","migrations":{"DB":"0001_a.sql"},"bundle":"aaaa","deployed":"2026-05-04T03:02:01Z"}`
	require.Equal(t, `{"stack":"staging","workers":[`+row+`],`+
		`"production":{"state":"readable","reason":"","workers":[`+row+`],"release":null,"pending":false},`+
		`"main":{"receipt":"rrrr","commit":"cccc","on":true,"off":[]},`+
		`"behind":{"workers":[],"migrations":[],"extra":[]}}`+"\n", encoded(level()))

	s := level()
	s.staging = seenAs(stacks.Staging, ran("bbbb", "0001_a.sql", "0002_b.sql"))
	s.production = seenAs(stacks.Production, ran("aaaa", "0001_a.sql", "0003_c.sql"))
	s.production.deployed.Release = &deployed.Release{Past: deployed.Past{Commit: "cccc", Receipt: "rrrr", Verified: may}, History: []deployed.Past{}}
	text := encoded(s)
	require.Contains(t, text, `"release":{"commit":"cccc","receipt":"rrrr","verified":"2026-05-04T03:02:01Z","rollback":false,"history":[]}`)
	require.Contains(t, text, `"on":false,"off":["watch: bundle bbbb, main has aaaa","watch: migration 0002_b.sql is not on main"]}`)
	require.Contains(t, text, `"behind":{"workers":["watch"],"migrations":[{"database":"watch","files":["0002_b.sql"]}],"extra":[{"database":"watch","files":["0003_c.sql"]}]}`)

	s.production = view{stack: stacks.Production, state: unreadable, reason: errRemote, rows: []workerStatus{}}
	text = encoded(s)
	require.Contains(t, text, `"production":{"state":"unreadable","reason":"it is not in a folder of this machine","workers":[],"release":null,"pending":false}`)
	require.Contains(t, text, `"behind":null`)
	require.True(t, json.Valid([]byte(text)))
}

// TestSick: production fails the command when what is known to be there is ill.
func TestSick(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*sight)
		want   string
	}{
		"well":                            {func(*sight) {}, ""},
		"staging":                         {func(s *sight) { s.staging.rows[0].Health = silent }, "watch is unreachable"},
		"production":                      {func(s *sight) { s.production.rows[0].Health = silent }, "watch on production is unreachable"},
		"both":                            {func(s *sight) { s.production.rows[0].Health, s.staging.rows[0].Health = silent, "unhealthy" }, "watch is unhealthy, watch on production is unreachable"},
		"staging, of which nothing known": {func(s *sight) { s.staging.state, s.staging.rows[0].Health = none, silent }, "watch is unreachable"},
		"production may not be there":     {func(s *sight) { s.production.state, s.production.rows[0].Health = unreadable, silent }, ""},
		"production says that it is ill":  {func(s *sight) { s.production.state, s.production.rows[0].Health = unreadable, "unhealthy" }, "watch on production is unhealthy"},
	} {
		s := level()
		test.change(&s)
		err := world{stderr: &bytes.Buffer{}}.sick(s.expected(), "mend it")
		if test.want == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, errUnhealthy, name)
		require.EqualError(t, err, "not healthy: "+test.want, name)
		require.Equal(t, "mend it", hint.Of(err), name)
	}
}

// TestWhoIsAsked: on production those that were deployed, also one that is no
// longer declared; without its state all that are declared.
func TestWhoIsAsked(t *testing.T) {
	t.Parallel()
	some := deployed.Stack{Workers: map[string]deployed.Worker{"watch": {}, "retired": {}}}
	require.Equal(t, []string{"watch", "retired"}, view{stack: stacks.Production, state: readable, deployed: some}.workers())
	require.Empty(t, view{stack: stacks.Production, state: none}.workers())
	require.Equal(t, []string{"context-api", "watch"}, view{stack: stacks.Production, state: unreadable}.workers())
}

// TestReceipts: none is what a new project has; one that is damaged is told, and
// does not count as any.
func TestReceipts(t *testing.T) {
	t.Parallel()
	store := release.Store{Dir: t.TempDir()}
	require.Equal(t, mainline{reason: errNoReceipt}, newest(store))
	require.NoError(t, os.Mkdir(filepath.Join(store.Dir, "halfway"), 0o700))
	found := newest(store)
	require.ErrorIs(t, found.reason, release.ErrMalformed)
	s := level()
	s.main = found
	require.Contains(t, page(t, s), "main: damaged receipt: ")
}

// TestVerifiedIn: what staging has is on main when the receipt was made of it.
func TestVerifiedIn(t *testing.T) {
	t.Parallel()
	s := ran("aaaa", "0001_a.sql")
	r := release.Receipt{
		Workers: map[string]release.Worker{"watch": {Bundle: "aaaa", CompatibilityFlags: []string{}}},
		Databases: map[string]release.Database{"watch": {Head: "0001_a.sql", Migrations: []release.Migration{
			{Name: "0001_a.sql", SHA256: "digest of 0001_a.sql"},
		}}},
	}
	require.Empty(t, s.Words(verifiedIn(r), "main"))
	r.Workers["watch"] = release.Worker{Bundle: "bbbb"}
	r.Databases["watch"] = release.Database{}
	require.Equal(t, []string{"watch: bundle aaaa, main has bbbb", "watch: migration 0001_a.sql is not on main"}, s.Words(verifiedIn(r), "main"))
}
