package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"crane/stacks"
)

// rule is what must latch a kind of resource in production.
type rule struct{ protect, retain, hook bool }

// rules has every kind of resource there is. What is new here has to be decided
// upon: whatever cannot be made again from the repository needs its latches.
var rules = map[string]rule{
	stacks.DatabaseType: {protect: true, retain: true, hook: true},
	stacks.ScriptType:   {protect: true, hook: true},
	migrationsType:      {hook: true},

	"cloudflare:index/workersCronTrigger:WorkersCronTrigger": {},
	"crane:index:Release":         {},
	"crane:index:Route":           {},
	"crane:index:Smoke":           {},
	stacks.DatabaseComponent:      {},
	stacks.WorkerComponent:        {},
	"pulumi:providers:cloudflare": {},
	"pulumi:providers:crane":      {},
}

// latchesOf are the latches that a resource was registered with.
func latchesOf(r *pulumirpc.RegisterResourceRequest) rule {
	hooks := r.GetHooks().GetBeforeDelete()
	return rule{r.GetProtect(), r.GetRetainOnDelete(), len(hooks) == 1 && hooks[0] == latchHook}
}

// generous is a fleet with more of everything than the real one.
func generous() stacks.Fleet {
	f := fleet()
	f.Plan = stacks.Paid
	for _, name := range []string{"orders", "ledger", "mail"} {
		f.Databases = append(f.Databases, stacks.Database{Name: name, Migrations: "workers/notes/migrations"})
		f.Workers = append(f.Workers, stacks.Worker{
			Name: name, Entry: "workers/notes/index.ts", Databases: stacks.Databases{"DB": name, "NOTES_DB": "notes"},
			Services: stacks.Services{"NOTES": "notes"}, Secrets: stacks.Secrets{"A_KEY": stacks.External},
			Crons: stacks.Crons{"0 * * * *", "30 4 * * *"},
		})
	}
	return f
}

// ours is the fleet of this repository, on files that stand for its own.
func ours(t *testing.T, p *program) {
	p.fleet = stacks.Default()
	for _, w := range p.fleet.Workers {
		write(t, filepath.Join(p.dir, w.Entry), "export default {}\n")
		for name := range w.Secrets {
			p.source.(*vault).values[name] = "value-of-" + name
		}
	}
	for _, d := range p.fleet.Databases {
		write(t, filepath.Join(p.dir, d.Migrations, "0001_first.sql"), "CREATE TABLE a (id INTEGER PRIMARY KEY);\n")
	}
}

func write(t *testing.T, path, text string) {
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

// TestEveryStatefulResourceHasItsLatches: all of them, on production and on
// nothing else, whatever the fleet.
func TestEveryStatefulResourceHasItsLatches(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*testing.T, *program){
		"our fleet": ours, "a generous fleet": func(_ *testing.T, p *program) { p.fleet = generous() },
	} {
		for _, stack := range stacks.All() {
			t.Run(name+" on "+stack.Name, func(t *testing.T) {
				t.Parallel()
				o := run(t, stack.Name, true, func(p *program) {
					p.config["crane:accountId"] = stack.AccountID
					change(t, p)
				})
				require.NoError(t, o.err)
				requireLatches(t, o, stack)
			})
		}
	}
}

func requireLatches(t *testing.T, o outcome, stack stacks.Stack) {
	t.Helper()
	seen := map[string]int{}
	for key, r := range o.cloud.resources {
		want, ok := rules[r.TypeToken]
		require.True(t, ok, "%s: no rule says which latches a %s needs; decide it in infra/latch_test.go", key, r.TypeToken)
		if stack.Name != stacks.Production.Name {
			want = rule{}
		}
		require.Equal(t, want, latchesOf(r.RegisterRPC), key)
		seen[r.TypeToken]++
	}
	for _, kind := range []string{stacks.DatabaseType, stacks.ScriptType, migrationsType} {
		require.NotZero(t, seen[kind], kind)
	}
}

// retiring registers the latches of every kind of resource, in a program of its
// own, and asks its hook.
func retiring(t *testing.T, on, preview bool, k keeper, ask func(*engine)) map[string]rule {
	t.Helper()
	c := &cloud{resources: map[string]pulumi.MockResourceArgs{}}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		l, err := newLatches(ctx, on, k)
		require.NoError(t, err)
		for name, options := range map[string][]pulumi.ResourceOption{
			"notes-d1": l.database("notes"), "notes-migrations": l.migrations(), "notes-script": l.script("notes"),
		} {
			var r pulumi.CustomResourceState
			require.NoError(t, ctx.RegisterResource("test:index:"+name, name, nil, &r, options...))
		}
		return nil
	}, onEngine(t, "production", c, ask), func(i *pulumi.RunInfo) { i.DryRun = preview })
	require.NoError(t, err)
	out := map[string]rule{}
	for _, r := range c.resources {
		out[r.Name] = latchesOf(r.RegisterRPC)
	}
	return out
}

// TestRetireLeavesTheHook: of what is named, and of nothing else.
func TestRetireLeavesTheHook(t *testing.T) {
	t.Parallel()
	database, script, hook := rules[stacks.DatabaseType], rules[stacks.ScriptType], rule{hook: true}
	for name, test := range map[string]struct {
		retire stacks.Retire
		want   map[string]rule
	}{
		"nothing":    {stacks.Retire{}, map[string]rule{"notes-d1": database, "notes-script": script, "notes-migrations": hook}},
		"a worker":   {stacks.Retire{Workers: []string{"notes"}}, map[string]rule{"notes-d1": database, "notes-script": hook, "notes-migrations": hook}},
		"a database": {stacks.Retire{Databases: []string{"notes"}}, map[string]rule{"notes-d1": hook, "notes-script": script, "notes-migrations": hook}},
		"another": {stacks.Retire{Workers: []string{"old"}, Databases: []string{"notes-d1"}},
			map[string]rule{"notes-d1": database, "notes-script": script, "notes-migrations": hook}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, retiring(t, true, false, keeper{retire: test.retire}, nil))
			require.Equal(t, map[string]rule{"notes-d1": {}, "notes-script": {}, "notes-migrations": {}},
				retiring(t, false, false, keeper{retire: test.retire}, nil), "staging has none")
		})
	}
}

// TestTheHookIsAlwaysThere, also where nothing is bound to it, and in previews.
func TestTheHookIsAlwaysThere(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{true, false} {
		retiring(t, on, false, keeper{}, func(e *engine) {
			assert.Eventually(t, func() bool { return e.hook("crane-latch") != nil }, 10*time.Second, time.Millisecond)
			assert.True(t, e.hook("crane-latch").GetOnDryRun())
		})
	}
}

// TestWhatMayBeDeleted asks the hook as an engine does, on the wire.
func TestWhatMayBeDeleted(t *testing.T) {
	t.Parallel()
	named := stacks.Retire{Workers: []string{"old"}, Databases: []string{"old"}}
	const (
		unnamed = "latched: %s was kept: stacks/production.go does not name it in ProductionRetire\n" +
			"hint: to retire it, name it there and promote; then take it out of the fleet and promote again"
		current = "latched: %s was kept: the fleet still has it, so that it would be replaced and not retired\n" +
			"hint: undo what replaces it; docs/production.md says how to rename"
		closed = "latched: %s was kept: only a promotion retires\nhint: crane promote, in the promote workflow"
	)
	for name, test := range map[string]struct {
		keeper  keeper
		preview bool
		want    string
	}{
		"named, in a promotion":                {keeper{retire: named, verified: true}, false, ""},
		"named, in a preview":                  {keeper{retire: named}, true, ""},
		"named, outside the gate":              {keeper{retire: named}, false, closed},
		"not named":                            {keeper{verified: true}, false, unnamed},
		"not named, in a preview":              {keeper{}, true, unnamed},
		"named, but in the fleet":              {keeper{retire: named, verified: true, fleet: still("old")}, false, current},
		"named, but in the fleet of a preview": {keeper{retire: named, fleet: still("old")}, true, current},
		"others in the fleet":                  {keeper{retire: named, verified: true, fleet: still("older")}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			retiring(t, true, test.preview, test.keeper, func(e *engine) {
				for kind, resource := range map[string]string{
					stacks.DatabaseType: "old-d1", migrationsType: "old-migrations", stacks.ScriptType: "old-script",
				} {
					want := test.want
					if want != "" {
						want = fmt.Sprintf(want, resource)
					}
					said, err := e.ask(latchHook, kind, resource)
					assert.NoError(t, err)
					assert.Equal(t, want, said)
				}
			})
		})
	}
}

func still(name string) stacks.Fleet {
	return stacks.Fleet{Workers: []stacks.Worker{{Name: name}}, Databases: []stacks.Database{{Name: name}}}
}

// TestANameIsOfItsKind: a retired Worker takes no database of the same name with
// it, nor anything that is merely called alike.
func TestANameIsOfItsKind(t *testing.T) {
	t.Parallel()
	worker := keeper{verified: true, retire: stacks.Retire{Workers: []string{"old"}}}
	database := keeper{verified: true, retire: stacks.Retire{Databases: []string{"old"}}}
	for _, test := range []struct {
		keeper     keeper
		kind, name string
	}{
		{worker, stacks.DatabaseType, "old-d1"},
		{worker, migrationsType, "old-migrations"},
		{worker, stacks.ScriptType, "old"},
		{worker, stacks.ScriptType, "older-script"},
		{worker, stacks.ScriptType, "very-old-script"},
		{worker, stacks.DatabaseType, "old-script"},
		{database, stacks.ScriptType, "old-script"},
		{database, stacks.DatabaseType, "old-migrations"},
		{database, stacks.WorkerComponent, "old-d1"},
		{database, "", ""},
	} {
		err := test.keeper.ask(&pulumi.ResourceHookArgs{Type: tokens.Type(test.kind), Name: test.name})
		require.ErrorIs(t, err, errKept, "%s %s", test.kind, test.name)
		require.True(t, strings.HasPrefix(err.Error(), "latched: "+test.name+" was kept: "), err)
	}
}
