package main

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"crane/internal/build"
	"crane/internal/hint"
	"crane/internal/promotion"
	"crane/internal/redact"
	"crane/internal/release"
	"crane/internal/secrets"
	"crane/stacks"
)

// cloud is a Cloudflare that accepts everything and remembers what it was given.
type cloud struct {
	mu        sync.Mutex
	resources map[string]pulumi.MockResourceArgs
}

func (c *cloud) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.resources[args.TypeToken+" "+args.Name] = args
	outputs := args.Inputs.Copy()
	switch args.TypeToken {
	case "crane:index:Migrations":
		outputs["head"] = resource.NewProperty("0001_first.sql")
	case "crane:index:Route":
		outputs["url"] = resource.NewProperty("http://" + args.Inputs["script"].StringValue() + ".localhost:7702")
	}
	return args.Name + "-id", outputs, nil
}

func (c *cloud) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) {
	return resource.PropertyMap{}, nil
}

// vault is a source of secrets that remembers where it was asked.
type vault struct {
	asked  []stacks.Scope
	values map[string]string
}

func (v *vault) Place(stacks.Scope) string { return "the test's vault" }

func (v *vault) AddHint(_ stacks.Scope, name string) string { return "put " + name + " there" }

func (v *vault) Fetch(_ context.Context, scope stacks.Scope, _ []stacks.Secret) (map[string]string, error) {
	v.asked = append(v.asked, scope)
	return v.values, nil
}

// fleet has one of everything, and a Worker that binds the other.
func fleet() stacks.Fleet {
	return stacks.Fleet{
		Databases: []stacks.Database{{Name: "notes", Migrations: "workers/notes/migrations"}},
		Workers: []stacks.Worker{
			{
				Name: "front", Entry: "workers/notes/index.ts",
				Services: stacks.Services{"NOTES": "notes"},
			},
			{
				Name: "notes", Entry: "workers/notes/index.ts",
				Databases: stacks.Databases{"DB": "notes"},
				Vars:      stacks.Vars{"B": "2", "A": "1"},
				Secrets:   stacks.Secrets{"Z_KEY": stacks.Infra, "A_KEY": stacks.External},
				Crons:     stacks.Crons{"0 */6 * * *"},
				Per:       stacks.Per{"production": {Crons: stacks.Crons{"0 * * * *"}}},
			},
		},
	}
}

func config(stack string) map[string]string {
	account := stacks.Staging.AccountID
	if stack == stacks.Production.Name {
		account = stacks.Production.AccountID
	}
	return map[string]string{
		"cloudflare:apiHostname": "127.0.0.1:7701",
		"crane:accountId":        account,
		"crane:domain":           "localhost:7702",
		"crane:infisical":        "http://127.0.0.1:7703",
		"crane:infisicalClient":  "local-staging",
		"crane:infisicalProject": "local",
		"crane:smokeSeconds":     "60",
		"somebody:else":          "is not our business",
	}
}

// project lays the fleet's files out where the program finds them.
func layout(t *testing.T) string {
	root := t.TempDir()
	for name, text := range map[string]string{
		"Pulumi.yaml":                             "name: crane\n",
		"stacks/fleet.go":                         "package stacks\n",
		"workers/notes/index.ts":                  "export default { fetch: () => new Response('hello') }\n",
		"workers/notes/migrations/0001_first.sql": "CREATE TABLE a (id INTEGER PRIMARY KEY);\n",
	} {
		path := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return root
}

type outcome struct {
	cloud *cloud
	vault *vault
	err   error
}

func run(t *testing.T, stack string, preview bool, change func(*program)) outcome {
	t.Helper()
	o := outcome{
		cloud: &cloud{resources: map[string]pulumi.MockResourceArgs{}},
		vault: &vault{values: map[string]string{"A_KEY": "alpha", "Z_KEY": "zulu", stacks.FingerprintKey: "a-fingerprint-key-for-tests"}},
	}
	p := program{fleet: fleet(), config: config(stack), preview: preview, source: o.vault, dir: layout(t), redactor: &redact.Redactor{}}
	if change != nil {
		change(&p)
	}
	o.err = pulumi.RunErr(p.run, onEngine(t, stack, o.cloud, nil), func(i *pulumi.RunInfo) { i.DryRun = preview })
	return o
}

func (o outcome) inputs(t *testing.T, key string) resource.PropertyMap {
	t.Helper()
	require.Contains(t, o.cloud.resources, key)
	return o.cloud.resources[key].Inputs
}

func text(s string) resource.PropertyValue { return resource.NewProperty(s) }

func list(items ...resource.PropertyMap) resource.PropertyValue {
	var out []resource.PropertyValue
	for _, item := range items {
		out = append(out, resource.NewProperty(item))
	}
	return resource.NewProperty(out)
}

func TestEveryResourceOfBothStacks(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct{ script, database, cron string }{
		"staging":    {"notes-staging", "notes-db-staging", "0 */6 * * *"},
		"production": {"notes", "notes-db-prod", "0 * * * *"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := run(t, name, name == "production", nil)
			require.NoError(t, o.err)
			all := []string{
				"cloudflare:index/d1Database:D1Database notes-d1",
				"cloudflare:index/workersCronTrigger:WorkersCronTrigger notes-crons",
				"cloudflare:index/workersScript:WorkersScript front-script",
				"cloudflare:index/workersScript:WorkersScript notes-script",
				"crane:index:Migrations notes-migrations",
				"crane:index:Route front-route",
				"crane:index:Route notes-route",
				"crane:index:Smoke front-smoke",
				"crane:index:Smoke notes-smoke",
				"crane:infra:Database notes",
				"crane:infra:Worker front",
				"crane:infra:Worker notes",
				"pulumi:providers:cloudflare default_5_49_1",
				"pulumi:providers:crane crane",
			}
			if name == "production" {
				all = slices.Insert(all, 5, "crane:index:Release release")
			}
			require.Equal(t, all, slices.Sorted(maps.Keys(o.cloud.resources)))

			account := text(config(name)["crane:accountId"])
			require.Equal(t, resource.PropertyMap{"accountId": account, "name": text(want.database)},
				o.inputs(t, "cloudflare:index/d1Database:D1Database notes-d1"))
			require.Equal(t, resource.PropertyMap{
				"accountId":  account,
				"scriptName": text(want.script),
				"schedules":  resource.NewProperty([]resource.PropertyValue{text(want.cron)}),
			}, o.inputs(t, "cloudflare:index/workersCronTrigger:WorkersCronTrigger notes-crons"))
			require.Equal(t, resource.PropertyMap{
				"accountId": account, "script": text(want.script), "domain": text("localhost:7702"),
			}, o.inputs(t, "crane:index:Route notes-route"))
			require.Equal(t, resource.PropertyMap{"apiHostname": text("127.0.0.1:7701")},
				o.inputs(t, "pulumi:providers:crane crane"))
			assertScript(t, o, name, want.script)
		})
	}
}

// assertScript looks at the whole upload, the secretness of each binding included.
func assertScript(t *testing.T, o outcome, stack, script string) {
	t.Helper()
	in := o.inputs(t, "cloudflare:index/workersScript:WorkersScript notes-script")
	revision := o.inputs(t, "crane:index:Smoke notes-smoke")["revision"]
	require.Regexp(t, "^[0-9a-f]{64}$", revision.StringValue())
	require.Equal(t, text(script), in["name"])
	require.Equal(t, resource.NewProperty(true), in["module"])
	require.Equal(t, text(stacks.DefaultCompatibilityDate), in["compatibilityDate"])
	require.Contains(t, in["content"].StringValue(), "hello")
	require.Equal(t, list(
		resource.PropertyMap{"name": text("A"), "text": text("1")},
		resource.PropertyMap{"name": text("B"), "text": text("2")},
		resource.PropertyMap{"name": text("CRANE_REVISION"), "text": revision},
		resource.PropertyMap{"name": text("CRANE_STACK"), "text": text(stack)},
	), in["plainTextBindings"])
	require.Equal(t, list(
		resource.PropertyMap{"name": text("A_KEY"), "text": resource.MakeSecret(text("alpha"))},
		resource.PropertyMap{"name": text("Z_KEY"), "text": resource.MakeSecret(text("zulu"))},
	), in["secretTextBindings"])
	require.Equal(t, list(resource.PropertyMap{"name": text("DB"), "databaseId": text("notes-d1-id")}), in["d1DatabaseBindings"])
	front := o.inputs(t, "cloudflare:index/workersScript:WorkersScript front-script")
	require.Equal(t, list(resource.PropertyMap{"name": text("NOTES"), "service": text(script)}), front["serviceBindings"])
}

func TestSmokeWaitsForRevisionAndHead(t *testing.T) {
	t.Parallel()
	o := run(t, "staging", false, nil)
	require.NoError(t, o.err)
	in := o.inputs(t, "crane:index:Smoke notes-smoke")
	require.Equal(t, resource.NewProperty(resource.PropertyMap{"DB": text("0001_first.sql")}), in["migrations"])
	require.Equal(t, text("http://notes-staging.localhost:7702"), in["url"])
	require.Equal(t, resource.NewProperty(60.0), in["deadline"])
}

func TestSecretsAreAskedForOnce(t *testing.T) {
	t.Parallel()
	o := run(t, "staging", false, nil)
	require.NoError(t, o.err)
	require.Equal(t, []stacks.Scope{{Environment: "dev", Path: "/alpha/staging"}}, o.vault.asked)
}

func TestMigrationsAreFilesNotText(t *testing.T) {
	t.Parallel()
	o := run(t, "staging", false, nil)
	require.NoError(t, o.err)
	files := o.inputs(t, "crane:index:Migrations notes-migrations")["files"].ArrayValue()
	require.Len(t, files, 1)
	file := files[0].ObjectValue()
	require.Equal(t, text("0001_first.sql"), file["name"])
	require.Regexp(t, "^[0-9a-f]{64}$", file["sha256"].StringValue())
	require.Empty(t, file["sql"].AssetValue().Text)
	require.False(t, filepath.IsAbs(file["sql"].AssetValue().Path))
}

// TestRevision changes one thing at a time: each changes the revision of the
// Worker it belongs to, and only that one's.
func TestRevision(t *testing.T) {
	t.Parallel()
	revision := func(t *testing.T, o outcome, worker string) string {
		require.NoError(t, o.err)
		return o.inputs(t, "crane:index:Smoke "+worker+"-smoke")["revision"].StringValue()
	}
	base := run(t, "staging", false, nil)
	for name, change := range map[string]func(*program){
		"a variable":      func(p *program) { p.fleet.Workers[1].Vars["A"] = "other" },
		"a flag":          func(p *program) { p.fleet.Workers[1].CompatibilityFlags = []string{"nodejs_compat"} },
		"a date":          func(p *program) { p.fleet.Workers[1].CompatibilityDate = "2026-01-01" },
		"a secret":        func(p *program) { p.source.(*vault).values["Z_KEY"] = "other" },
		"a secret's name": func(p *program) { delete(p.fleet.Workers[1].Secrets, "Z_KEY") },
		"a database":      func(p *program) { p.fleet.Workers[1].Databases = nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := run(t, "staging", false, change)
			require.NotEqual(t, revision(t, base, "notes"), revision(t, o, "notes"))
			require.Equal(t, revision(t, base, "front"), revision(t, o, "front"))
		})
	}
	t.Run("nothing", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, revision(t, base, "notes"), revision(t, run(t, "staging", false, nil), "notes"))
	})
}

// TestOrder: a script goes up after its migrations and after the Workers it binds
// were verified, and is verified after everything of its own.
func TestOrder(t *testing.T) {
	t.Parallel()
	o := run(t, "staging", false, nil)
	require.NoError(t, o.err)
	for later, earlier := range map[string][]string{
		"cloudflare:index/workersScript:WorkersScript notes-script": {"D1Database::notes-d1", "Migrations::notes-migrations"},
		"cloudflare:index/workersScript:WorkersScript front-script": {"Smoke::notes-smoke"},
		"crane:index:Route notes-route":                             {"WorkersScript::notes-script"},
		"crane:index:Smoke notes-smoke": {
			"WorkersScript::notes-script", "WorkersCronTrigger::notes-crons", "Route::notes-route", "Migrations::notes-migrations",
		},
	} {
		require.Contains(t, o.cloud.resources, later)
		waits := strings.Join(o.cloud.resources[later].RegisterRPC.Dependencies, "\n") + "\n"
		for _, name := range earlier {
			require.Contains(t, waits, name+"\n", later)
		}
	}
}

// TestEveryBrokenWorkerIsNamed: all of them, in the order of the fleet.
func TestEveryBrokenWorkerIsNamed(t *testing.T) {
	t.Parallel()
	o := run(t, "staging", false, func(p *program) {
		for i, name := range []string{"one.ts", "two.ts"} {
			require.NoError(t, os.WriteFile(filepath.Join(p.dir, name), []byte("export default {\n"), 0o644))
			p.fleet.Workers[i].Entry = name
		}
	})
	require.ErrorContains(t, o.err, "one.ts:2:1: ")
	require.ErrorContains(t, o.err, "two.ts:2:1: ")
	require.Empty(t, o.cloud.resources)
}

// TestRefusals asserts the message, and that nothing was registered.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		stack  string
		change func(*program)
		want   string
	}{
		"production": {"production", nil, "production is closed: it changes only through the gated workflow; nothing was changed"},
		"production's account": {"staging", func(p *program) { p.config["crane:accountId"] = stacks.Production.AccountID },
			"not this stack's account: crane:accountId of stack staging is production's; nothing was changed"},
		"another account for production": {"production", func(p *program) { p.config["crane:accountId"] = stacks.Staging.AccountID },
			"not this stack's account: crane:accountId of production is 0c4a5e00000000000000000000000051, and stacks/production.go has 0c4a5e000000000000000000000000b2; nothing was changed"},
		"other stack": {"playground", nil, `unknown stack: "playground" (there are staging and production)`},
		"unknown key": {"staging", func(p *program) { p.config["crane:tokn"] = "x" }, "configuration: crane:tokn is no key of this project; nothing was changed"},
		"two problems": {"staging", func(p *program) { p.config["crane:smokeSeconds"] = "0"; delete(p.config, "crane:domain") },
			`configuration: crane:domain is missing; crane:smokeSeconds is "0", not a number from 1 to 600; nothing was changed`},
		"account": {"staging", func(p *program) { p.config["crane:accountId"] = "mine" }, `crane:accountId is "mine", not 32 hexadecimal digits`},
		"a domain that is an address": {"staging", func(p *program) { p.config["crane:domain"] = "https://acme.workers.dev/" },
			`crane:domain is "https://acme.workers.dev/", not a host with an optional port`},
		"an API that is an address": {"staging", func(p *program) { p.config["cloudflare:apiHostname"] = "https://api.cloudflare.com" },
			`cloudflare:apiHostname is "https://api.cloudflare.com", not a host with an optional port`},
		"public secrets for the internet": {"staging", func(p *program) { p.config["crane:domain"] = "acme.workers.dev" },
			"crane:infisical is this machine, whose secrets are public, but crane:domain is not"},
		"a mixed-up token": {"staging", func(p *program) { p.config["cloudflare:apiToken"] = "tok" },
			"cloudflare:apiToken does not belong into a stack file"},
		"missing secret": {"staging", func(p *program) { delete(p.source.(*vault).values, "Z_KEY") }, "Z_KEY"},
		"bad fleet":      {"staging", func(p *program) { p.fleet.Workers[0].Services["NOTES"] = "nots" }, `"nots"`},
		"bad code":       {"staging", func(p *program) { p.fleet.Workers[0].Entry = "Pulumi.yaml" }, "Pulumi.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := run(t, tt.stack, false, tt.change)
			require.ErrorContains(t, o.err, tt.want)
			require.Empty(t, o.cloud.resources)
		})
	}
}

// TestNoSecretInWhatItSays: an error that quotes a value, as somebody else's
// may, is told without it, and so is its hint.
func TestNoSecretInWhatItSays(t *testing.T) {
	t.Parallel()
	p := program{redactor: &redact.Redactor{}, environ: []string{"CRANE_SECRET_A_KEY=the-value"}}
	source, err := p.open(secrets.Declared{Source: secrets.FromEnvironment})
	require.NoError(t, err)
	_, err = source.Fetch(t.Context(), stacks.Staging.Secrets, nil)
	require.NoError(t, err)
	require.Equal(t, "bad text [secret]\nhint: try [secret]",
		p.words(hint.Wrap(errors.New("bad text the-value"), "try dGhlLXZhbHVl")))
}

// TestPlaceholdersChangeNothing: not one resource is registered by an update.
func TestPlaceholdersChangeNothing(t *testing.T) {
	t.Parallel()
	for preview, want := range map[bool]string{true: "", false: "placeholders are for previews only: crane:secrets is placeholder; nothing was changed"} {
		o := run(t, "staging", preview, func(p *program) { p.source, p.config["crane:secrets"] = nil, "placeholder" })
		if preview {
			require.NoError(t, o.err)
			require.Equal(t, text(secrets.Placeholder("A_KEY")),
				o.inputs(t, "cloudflare:index/workersScript:WorkersScript notes-script")["secretTextBindings"].ArrayValue()[0].ObjectValue()["text"].SecretValue().Element)
			continue
		}
		require.ErrorContains(t, o.err, want)
		require.Empty(t, o.cloud.resources)
	}
}

// TestProductionRunsWhatTheReceiptHas: a bundle that is not the receipt's is
// refused, and going back, the receipt's bytes are run whatever the files say.
func TestProductionRunsWhatTheReceiptHas(t *testing.T) {
	t.Parallel()
	root := layout(t)
	f := fleet().For(stacks.Production)
	made, err := build.Of(root, f)
	require.NoError(t, err)
	candidate := made.Candidate(strings.Repeat("c", 40))
	receipt := release.Receipt{Commit: candidate.Commit, Workers: candidate.Workers, Databases: map[string]release.Database{
		"notes": {Migrations: candidate.Databases["notes"]},
	}}
	through := func(note promotion.Note, signed *release.Signed) *plan {
		return &plan{stack: stacks.Production, fleet: f, root: root, admission: &promotion.Admission{Signed: signed, Note: note}}
	}
	require.NoError(t, through(promotion.Note{}, &release.Signed{Receipt: receipt}).build())

	other := maps.Clone(receipt.Workers)
	notes := other["notes"]
	notes.Bundle = strings.Repeat("0", 64)
	other["notes"] = notes
	edited := receipt
	edited.Workers = other
	err = through(promotion.Note{}, &release.Signed{Receipt: edited}).build()
	require.ErrorIs(t, err, release.ErrDiffers)
	require.ErrorContains(t, err, "notes")

	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "bundles"), 0o755))
	for _, b := range made.Bundles {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "bundles", b.Digest+".js"), b.Code, 0o644))
	}
	require.NoError(t, os.WriteFile(filepath.Join(root, "workers/notes/index.ts"), []byte("not code at all ("), 0o644))
	back := through(promotion.Note{Rollback: true}, &release.Signed{Receipt: receipt, Dir: dir})
	require.NoError(t, back.build())
	require.Equal(t, made.Bundles["notes"].Code, back.Bundles["notes"].Code)
	require.Error(t, through(promotion.Note{}, &release.Signed{Receipt: receipt, Dir: dir}).build())
}
