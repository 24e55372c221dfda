package stacks_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"crane/stacks"
)

// project has the files that the fleets below name.
var project = fstest.MapFS{
	"a.ts":                                {Data: []byte("export default {}")},
	"migrations/0001.sql":                 {},
	"workers/context-api/src/index.ts":    {},
	"workers/context-api/migrations/a":    {},
	"workers/watch/src/index.ts":          {},
	"workers/watch/migrations/0001_a.sql": {},
}

// fleet has a Worker a, a Worker b and a database d, all in order.
func fleet(change func(a, b *stacks.Worker)) stacks.Fleet {
	a := stacks.Worker{Name: "a", Entry: "a.ts"}
	b := stacks.Worker{Name: "b", Entry: "a.ts"}
	if change != nil {
		change(&a, &b)
	}
	return stacks.Fleet{
		Databases: []stacks.Database{{Name: "d", Migrations: "migrations"}},
		Workers:   []stacks.Worker{a, b},
	}
}

// production overrides a Worker on production only.
func production(o stacks.Override) stacks.Per { return stacks.Per{"production": o} }

func many(n int) stacks.Vars {
	vars := stacks.Vars{}
	for i := range n {
		vars[fmt.Sprintf("V%d", i)] = ""
	}
	return vars
}

func TestDefaultFleetIsValid(t *testing.T) {
	t.Parallel()
	require.NoError(t, stacks.Default().Validate(project))
	require.NoError(t, fleet(nil).Validate(project))
}

// TestOneProblem has a Worker for each problem there can be, and the only line
// that may come of it.
func TestOneProblem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(a, b *stacks.Worker)
		want   string
	}{
		"no name": {
			func(a, _ *stacks.Worker) { a.Name = "" },
			`workers[0].Name: a worker needs a name`,
		},
		"upper case": {
			func(a, _ *stacks.Worker) { a.Name = "API" },
			`workers["API"].Name: Cloudflare accepts lower-case letters, digits and hyphens, with no hyphen first or last`,
		},
		"underscore": {
			func(a, _ *stacks.Worker) { a.Name = "a_b" },
			`workers["a_b"].Name: Cloudflare accepts lower-case letters, digits and hyphens, with no hyphen first or last`,
		},
		"hyphen last": {
			func(a, _ *stacks.Worker) { a.Name = "a-" },
			`workers["a-"].Name: Cloudflare accepts lower-case letters, digits and hyphens, with no hyphen first or last`,
		},
		"too long on staging": {
			func(a, _ *stacks.Worker) { a.Name = strings.Repeat("x", 56) },
			fmt.Sprintf(`workers["%[1]s"].Name: its script %[1]s-staging has 64 characters, and Cloudflare accepts 63; shorten the name by 1`, strings.Repeat("x", 56)),
		},
		"same worker": {
			func(_, b *stacks.Worker) { b.Name = "a" },
			`workers["a"].Name: named twice; give one of the workers another name`,
		},
		"same script on two stacks": {
			func(_, b *stacks.Worker) { b.Name = "a-staging" },
			`workers["a-staging"].Name: on production its script would be named as that of "a" on staging, a-staging; give one of them another name`,
		},
		"no entry": {
			func(a, _ *stacks.Worker) { a.Entry = "" },
			`workers["a"].Entry: write the file's path, such as workers/a/src/index.ts`,
		},
		"entry outside": {
			func(a, _ *stacks.Worker) { a.Entry = "../a.ts" },
			`workers["a"].Entry: write "../a.ts" from the project's root, such as workers/a/src/index.ts`,
		},
		"entry missing": {
			func(a, _ *stacks.Worker) { a.Entry = "b.ts" },
			`workers["a"].Entry: there is no file b.ts; create it or correct the path`,
		},
		"entry of one stack": {
			func(a, _ *stacks.Worker) { a.Per = production(stacks.Override{Entry: "b.ts"}) },
			`workers["a"].Per["production"].Entry: there is no file b.ts; create it or correct the path`,
		},
		"entry is a folder": {
			func(a, _ *stacks.Worker) { a.Entry = "migrations" },
			`workers["a"].Entry: there is no file migrations; create it or correct the path`,
		},
		"binding name": {
			func(a, _ *stacks.Worker) { a.Vars = stacks.Vars{"LOG-LEVEL": "1"} },
			`workers["a"].Vars["LOG-LEVEL"]: a binding is named like a JavaScript variable: letters, digits and _, with no digit first`,
		},
		"reserved": {
			func(a, _ *stacks.Worker) { a.Vars = stacks.Vars{"CRANE_STACK": "x"} },
			`workers["a"].Vars["CRANE_STACK"]: names beginning CRANE_ are crane's own; choose another`,
		},
		"bound twice": {
			func(a, _ *stacks.Worker) {
				a.Databases, a.Secrets = stacks.Databases{"DB": "d"}, stacks.Secrets{"DB": stacks.Infra}
			},
			`workers["a"].Secrets["DB"]: the name is taken by Databases["DB"]; give one of them another`,
		},
		"bound twice by an override": {
			func(a, _ *stacks.Worker) {
				a.Vars, a.Per = stacks.Vars{"DB": "x"}, production(stacks.Override{Databases: stacks.Databases{"DB": "d"}})
			},
			`workers["a"].Per["production"].Databases["DB"]: the name is taken by Vars["DB"]; give one of them another`,
		},
		"unknown database": {
			func(a, _ *stacks.Worker) { a.Databases = stacks.Databases{"DB": "e"} },
			`workers["a"].Databases["DB"]: no database is named "e" (there are d)`,
		},
		"unknown service": {
			func(a, _ *stacks.Worker) { a.Services = stacks.Services{"B": "c"} },
			`workers["a"].Services["B"]: no worker is named "c" (there are a, b)`,
		},
		"unknown service on production": {
			func(a, _ *stacks.Worker) {
				a.Services, a.Per = stacks.Services{"B": "b"}, production(stacks.Override{Services: stacks.Services{"B": "c"}})
			},
			`workers["a"].Per["production"].Services["B"]: no worker is named "c" (there are a, b)`,
		},
		"bound to itself": {
			func(a, _ *stacks.Worker) { a.Services = stacks.Services{"ME": "a"} },
			`workers["a"].Services["ME"]: a worker cannot bind itself, since it is deployed after those it binds; take the binding away`,
		},
		"cycle": {
			func(a, b *stacks.Worker) {
				a.Services, b.Services = stacks.Services{"B": "b"}, stacks.Services{"A": "a"}
			},
			`workers["b"].Services["A"]: the services form a cycle, a -> b -> a; take one of the bindings away`,
		},
		"cycle on production": {
			func(a, b *stacks.Worker) {
				a.Per = production(stacks.Override{Services: stacks.Services{"B": "b"}})
				b.Services = stacks.Services{"A": "a"}
			},
			`workers["a"].Per["production"].Services["B"]: the services form a cycle, a -> b -> a; take one of the bindings away`,
		},
		"cron": {
			func(a, _ *stacks.Worker) { a.Crons = stacks.Crons{"0 0 * * 0"} },
			`workers["a"].Crons[0]: "0 0 * * 0" is no cron, because of the weekday 0; write 1 (Sunday) to 7 (Saturday), SUN to SAT, 6L or 6#2`,
		},
		"cron on production": {
			func(a, _ *stacks.Worker) { a.Per = production(stacks.Override{Crons: stacks.Crons{"@daily"}}) },
			`workers["a"].Per["production"].Crons[0]: "@daily" has to be five fields: minute, hour, day, month, weekday`,
		},
		"cron twice": {
			func(a, _ *stacks.Worker) { a.Crons = stacks.Crons{"0 * * * *", "0 * * * *"} },
			`workers["a"].Crons[1]: "0 * * * *" is there twice; take one away`,
		},
		"too many crons": {
			func(a, b *stacks.Worker) {
				a.Crons = stacks.Crons{"0 * * * *", "1 * * * *", "2 * * * *"}
				b.Per = production(stacks.Override{Crons: a.Crons})
			},
			`workers["b"].Per["production"].Crons: production has 6 crons in all, and Cloudflare accepts 5 per account on the free plan; join some, or set Plan: Paid on the paid plan`,
		},
		"date": {
			func(a, _ *stacks.Worker) { a.CompatibilityDate = "2026-13-01" },
			`workers["a"].CompatibilityDate: "2026-13-01" is no day; write it as 2026-11-01`,
		},
		"flag": {
			func(a, _ *stacks.Worker) { a.CompatibilityFlags = []string{"nodejs compat"} },
			`workers["a"].CompatibilityFlags[0]: "nodejs compat" is no flag; write it as nodejs_compat`,
		},
		"flag twice": {
			func(a, _ *stacks.Worker) { a.CompatibilityFlags = []string{"nodejs_compat", "nodejs_compat"} },
			`workers["a"].CompatibilityFlags[1]: "nodejs_compat" is there twice; take one away`,
		},
		"class": {
			func(a, _ *stacks.Worker) { a.Secrets = stacks.Secrets{"KEY": "shared"} },
			`workers["a"].Secrets["KEY"]: no class is named "shared"; write Infra if the stacks must differ in it, External if somebody else owns it`,
		},
		"stack": {
			func(a, _ *stacks.Worker) { a.Per = stacks.Per{"prod": {}} },
			`workers["a"].Per["prod"]: no stack is named "prod" (there are staging, production)`,
		},
		"too many texts": {
			func(a, _ *stacks.Worker) { a.Vars = many(63) },
			`workers["a"].Vars: with its secrets and crane's own 2 there are 65 text bindings, and Cloudflare accepts 64 on the free plan; put some into one JSON text, or set Plan: Paid on the paid plan`,
		},
		"text too long": {
			func(a, _ *stacks.Worker) { a.Vars = stacks.Vars{"TEXT": strings.Repeat("é", 2561)} },
			`workers["a"].Vars["TEXT"]: the text has 5122 bytes, and Cloudflare accepts 5120; keep it in a database`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, fleet(test.change), test.want)
		})
	}
}

func TestDatabaseProblems(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		databases []stacks.Database
		want      string
	}{
		"no name":      {[]stacks.Database{{Migrations: "migrations"}}, `databases[0].Name: a database needs a name`},
		"upper case":   {[]stacks.Database{{Name: "Notes", Migrations: "migrations"}}, `databases["Notes"].Name: Cloudflare accepts lower-case letters, digits, - and _, beginning with a letter or a digit`},
		"twice":        {[]stacks.Database{{Name: "d", Migrations: "migrations"}, {Name: "d", Migrations: "migrations"}}, `databases["d"].Name: named twice; give one of the databases another name`},
		"no folder":    {[]stacks.Database{{Name: "d"}}, `databases["d"].Migrations: write the folder's path, such as workers/d/migrations`},
		"missing":      {[]stacks.Database{{Name: "d", Migrations: "workers/d/migrations"}}, `databases["d"].Migrations: there is no folder workers/d/migrations; create it or correct the path`},
		"not a folder": {[]stacks.Database{{Name: "d", Migrations: "a.ts"}}, `databases["d"].Migrations: there is no folder a.ts; create it or correct the path`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, stacks.Fleet{Databases: test.databases}, test.want)
		})
	}
}

func TestManyProblemsAtOnce(t *testing.T) {
	t.Parallel()
	f := stacks.Default()
	f.Databases[1].Migrations = "workers/watch/sql"
	f.Workers[0].Crons = stacks.Crons{"60 * * * *"}
	f.Workers[1].Name = "Watch"
	f.Workers[1].Services = stacks.Services{"CONTEXT_API": "context-apo"}
	f.Workers[1].Per = stacks.Per{"staging": {Secrets: stacks.Secrets{"CRANE_KEY": "own"}}}
	refused(t, f,
		`databases["watch"].Migrations: there is no folder workers/watch/sql; create it or correct the path`,
		`workers["context-api"].Crons[0]: "60 * * * *" is no cron, because of the minute 60; write 0 to 59`,
		`workers["Watch"].Name: Cloudflare accepts lower-case letters, digits and hyphens, with no hyphen first or last`,
		`workers["Watch"].Services["CONTEXT_API"]: no worker is named "context-apo" (there are context-api, Watch)`,
		`workers["Watch"].Per["staging"].Secrets["CRANE_KEY"]: names beginning CRANE_ are crane's own; choose another`,
		`workers["Watch"].Per["staging"].Secrets["CRANE_KEY"]: no class is named "own"; write Infra if the stacks must differ in it, External if somebody else owns it`,
	)
}

func TestEveryCycleIsNamedOnce(t *testing.T) {
	t.Parallel()
	bind := func(name string, others ...string) stacks.Worker {
		w := stacks.Worker{Name: name, Entry: "a.ts", Services: stacks.Services{}}
		for _, o := range others {
			w.Services[strings.ToUpper(o)] = o
		}
		return w
	}
	f := stacks.Fleet{Workers: []stacks.Worker{bind("a", "b"), bind("b", "c"), bind("c", "a"), bind("x", "y", "a"), bind("y", "x")}}
	refused(t, f,
		`workers["c"].Services["A"]: the services form a cycle, a -> b -> c -> a; take one of the bindings away`,
		`workers["y"].Services["X"]: the services form a cycle, x -> y -> x; take one of the bindings away`,
	)
}

// refused asserts the exact lines that a fleet is refused with.
func refused(t *testing.T, f stacks.Fleet, lines ...string) {
	t.Helper()
	err := f.Validate(project)
	require.ErrorIs(t, err, stacks.ErrInvalid)
	var problems stacks.Problems
	require.True(t, errors.As(err, &problems))
	for i, line := range lines {
		lines[i] = "stacks/fleet.go: " + line
	}
	require.Equal(t, lines, []string(problems))
	require.Equal(t, "invalid fleet:\n"+strings.Join(lines, "\n"), err.Error())
}

func BenchmarkValidate(b *testing.B) {
	for b.Loop() {
		_ = stacks.Default().Validate(project)
	}
}
