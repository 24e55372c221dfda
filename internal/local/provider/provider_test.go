package provider_test

import (
	"encoding/json"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/stretchr/testify/require"

	"crane/internal/local/provider"
)

func TestRefusesEveryHostButThisMachine(t *testing.T) {
	t.Parallel()
	for _, host := range []string{
		"", "api.cloudflare.com", "10.0.0.1", "localhost.example.com", "localhost@example.com", "example.com/localhost",
		"127.0.0.1:1/x", "example.com?localhost", "0.0.0.0:7701", "[::]:7701",
	} {
		c := newCloud(t)
		args := map[string]any{"apiToken": token}
		if host != "" {
			args["apiHostname"] = host
		}
		server := c.plugin(nil)
		err := server.Configure(p.ConfigureRequest{Args: props(t, args)})
		require.ErrorIs(t, err, provider.ErrConfig, host)
		shown := host
		if shown == "" {
			shown = "api.cloudflare.com"
		}
		require.EqualError(t, err, `cloudflare stand-in plugin: it serves the local Cloudflare only and refuses the host "`+shown+
			`"; no request was made`+"\nhint: pulumi plugin install resource cloudflare 5.49.1, or set cloudflare:apiHostname to the local Cloudflare's address")

		_, err = server.Create(p.CreateRequest{Urn: urn("script", "r"), Properties: props(t, inputs())})
		require.EqualError(t, err, "cloudflare stand-in plugin: it is not configured; no request was made")
		require.Empty(t, c.asked())
	}
}

func TestConfigurationRefusals(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	host := c.Listener.Addr().String()
	for _, tc := range []struct {
		args    map[string]any
		message string
	}{
		{map[string]any{"apiHostname": host}, "there is no API token of 40 letters, digits, - and _"},
		{map[string]any{"apiHostname": host, "apiToken": "short-and-secret"}, "there is no API token of 40 letters, digits, - and _"},
		{map[string]any{"apiHostname": host, "apiToken": token, "rps": 0}, "rps is 0, it must be at least 1"},
		{map[string]any{"apiHostname": host, "apiToken": token, "apiBasePath": "v4"}, `the base path "v4" is not a path such as /client/v4`},
	} {
		err := c.plugin(nil).Configure(p.ConfigureRequest{Args: props(t, tc.args)})
		require.ErrorIs(t, err, provider.ErrConfig)
		require.ErrorContains(t, err, tc.message+"; no request was made")
		require.NotContains(t, err.Error(), "short-and-secret")
	}
	require.Empty(t, c.asked())
}

func TestTokenFromTheEnvironment(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.plugin(map[string]string{"CLOUDFLARE_API_TOKEN": token})
	require.NoError(t, server.Configure(p.ConfigureRequest{Args: props(t, map[string]any{
		"apiHostname": c.Listener.Addr().String(), "apiBasePath": "/client/v4/",
	})}))
	created(t, server, "script", inputs())
	require.Len(t, c.scripts, 1)
}

// TestRateIsKept: a request waits for its turn, and without a rate there are
// four turns a second.
func TestRateIsKept(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		args  map[string]any
		least time.Duration
	}{
		{map[string]any{"rps": 20}, 150 * time.Millisecond},
		{map[string]any{}, 750 * time.Millisecond},
	} {
		c := newCloud(t)
		tc.args["apiHostname"], tc.args["apiToken"] = c.Listener.Addr().String(), token
		server := c.plugin(nil)
		require.NoError(t, server.Configure(p.ConfigureRequest{Args: props(t, tc.args)}))
		began := time.Now()
		created(t, server, "script", inputs())
		_, err := server.Create(p.CreateRequest{Urn: urn("script", "again"), Properties: props(t, inputs())})
		require.ErrorContains(t, err, "exists")
		created(t, server, "database", map[string]any{"accountId": account, "name": "notes"})
		require.Len(t, c.asked(), 4)
		require.GreaterOrEqual(t, time.Since(began), tc.least)
	}
}

// TestConfigureFromText is what `pulumi import` does, which checks nothing first.
func TestConfigureFromText(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	configure := func(rps string) error {
		return c.plugin(nil).Configure(p.ConfigureRequest{Args: props(t, map[string]any{
			"apiHostname": c.Listener.Addr().String(), "apiToken": token, "rps": rps,
		})})
	}
	require.NoError(t, configure("50"))
	require.ErrorContains(t, configure("0"), "rps is 0, it must be at least 1")
	require.ErrorContains(t, configure("many"), "rps")
}

func TestConfigurationFromText(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	res, err := c.plugin(nil).CheckConfig(p.CheckRequest{Inputs: props(t, map[string]any{
		"apiHostname": "127.0.0.1:7701", "rps": "50", "apiToken": token, "version": provider.Version,
	})})
	require.NoError(t, err)
	require.Empty(t, res.Failures)
	require.EqualValues(t, 50, plain(res.Inputs)["rps"])
	require.Equal(t, "secret:"+token, plain(res.Inputs)["apiToken"])
	res, err = c.plugin(nil).CheckConfig(p.CheckRequest{Inputs: props(t, map[string]any{"rps": "many"})})
	require.NoError(t, err)
	require.Len(t, res.Failures, 1)
	require.Equal(t, "rps", res.Failures[0].Property)
}

// A provider that says it must be replaced takes every resource with it, the
// databases too.
func TestAChangedConfigurationReplacesNothing(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	old := props(t, map[string]any{"apiHostname": "127.0.0.1:7701", "rps": 4, "__defaults": []any{}})
	for _, tc := range []struct {
		args map[string]any
		want map[string]p.PropertyDiff
	}{
		{map[string]any{"apiHostname": "127.0.0.1:7701", "rps": 4, "version": "5.49.1"}, map[string]p.PropertyDiff{}},
		{map[string]any{"apiHostname": "127.0.0.1:9", "apiToken": "x"}, map[string]p.PropertyDiff{
			"apiHostname": {Kind: p.Update, InputDiff: true}, "apiToken": {Kind: p.Add, InputDiff: true}, "rps": {Kind: p.Delete, InputDiff: true},
		}},
	} {
		diff, err := c.plugin(nil).DiffConfig(p.DiffRequest{State: old, OldInputs: old, Inputs: props(t, tc.args)})
		require.NoError(t, err)
		require.Equal(t, tc.want, diff.DetailedDiff)
		require.Equal(t, len(tc.want) > 0, diff.HasChanges)
	}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.configured()
	c.refuse = []int{429, 500, 503, 502}
	created(t, server, "database", map[string]any{"accountId": account, "name": "notes"})
	require.Len(t, c.asked(), 5)
	require.Equal(t, []time.Duration{1 * time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}, c.waits)

	c.refuse = []int{500, 500, 500, 500, 500}
	_, err := server.Create(p.CreateRequest{Urn: urn("database", "r"), Properties: props(t, map[string]any{"accountId": account, "name": "more"})})
	require.EqualError(t, err, "creating D1 database more: POST /accounts/"+account+"/d1/database answered 500: 10013: an unknown error")
	require.Len(t, c.asked(), 5)

	c.refuse = []int{400}
	_, err = server.Create(p.CreateRequest{Urn: urn("database", "r"), Properties: props(t, map[string]any{"accountId": account, "name": "more"})})
	require.ErrorContains(t, err, "answered 400: 10013: an unknown error")
	require.Len(t, c.asked(), 1)
	require.NotContains(t, err.Error(), token)
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.configured()
	c.Close()
	_, err := server.Create(p.CreateRequest{Urn: urn("database", "r"), Properties: props(t, map[string]any{"accountId": account, "name": "notes"})})
	require.ErrorIs(t, err, provider.ErrUnreachable)
	require.ErrorContains(t, err, "\nhint: crane local start")
	require.NotContains(t, err.Error(), token)
}

func TestPreviewAsksNothing(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.configured()
	for kind, in := range map[string]map[string]any{
		"script":   inputs(),
		"database": {"accountId": account, "name": "notes"},
		"cron":     {"accountId": account, "scriptName": "one", "schedules": []any{"* * * * *"}},
	} {
		_, err := server.Create(p.CreateRequest{Urn: urn(kind, "r"), Properties: checked(t, server, kind, in), DryRun: true})
		require.NoError(t, err)
	}
	require.Empty(t, c.asked())
}

func TestDatabase(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.configured()
	id, args, state := created(t, server, "database", map[string]any{"accountId": account, "name": "notes"})
	require.Equal(t, uuid, id)
	require.Equal(t, map[string]any{"accountId": account, "name": "notes", "version": "production"}, plain(state))

	read, err := server.Read(p.ReadRequest{ID: id, Urn: urn("database", "r"), Inputs: args, Properties: state})
	require.NoError(t, err)
	require.Equal(t, plain(state), plain(read.Properties))
	require.Equal(t, plain(args), plain(read.Inputs))
	imported, err := server.Read(p.ReadRequest{ID: account + "/" + uuid, Urn: urn("database", "r")})
	require.NoError(t, err)
	require.Equal(t, uuid, imported.ID)
	require.Equal(t, plain(args), plain(imported.Inputs))

	diff, err := server.Diff(p.DiffRequest{ID: id, Urn: urn("database", "r"), State: state, OldInputs: args,
		Inputs: checked(t, server, "database", map[string]any{"accountId": account, "name": "other"})})
	require.NoError(t, err)
	require.Equal(t, p.UpdateReplace, diff.DetailedDiff["name"].Kind)

	c.asked()
	require.NoError(t, server.Delete(p.DeleteRequest{ID: id, Urn: urn("database", "r"), Properties: state}))
	require.Equal(t, []string{"DELETE /d1/database/" + uuid}, c.asked())
	_, err = server.Read(p.ReadRequest{ID: id, Urn: urn("database", "r"), Inputs: args, Properties: state})
	require.EqualError(t, err, "the D1 database is gone, and its data with it; nothing was changed: "+
		"GET /accounts/"+account+"/d1/database/"+uuid+" answered 404: 7404: The database was not found\nhint: crane drift")

	res, err := server.Check(p.CheckRequest{Urn: urn("database", "r"), Inputs: props(t, map[string]any{"accountId": account, "name": "Notes"})})
	require.NoError(t, err)
	require.Len(t, res.Failures, 1)
	require.Equal(t, "name", res.Failures[0].Property)
}

func TestANameThatIsTaken(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.configured()
	notes := map[string]any{"accountId": account, "name": "notes"}
	created(t, server, "database", notes)
	_, err := server.Create(p.CreateRequest{Urn: urn("database", "r"), Properties: checked(t, server, "database", notes)})
	require.EqualError(t, err, "creating D1 database notes: POST /accounts/"+account+"/d1/database answered 400: "+
		"7502: A database with the name notes already exists\nhint: crane recover")
	require.Equal(t, map[string]string{uuid: "notes"}, c.databases)
}

func TestCronTrigger(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.configured()
	_, _, script := created(t, server, "script", inputs())
	crons := func(schedules ...any) map[string]any {
		return map[string]any{"accountId": account, "scriptName": "one-staging", "schedules": schedules}
	}
	c.asked()
	id, args, state := created(t, server, "cron", crons("0 * * * *", "*/5 * * * *"))
	require.Equal(t, "f417f741605b79a602ae9f8347cc8d5a", id, "MD5 of the script's name")
	require.Equal(t, []string{"PUT /workers/scripts/one-staging/schedules"}, c.asked())

	read, err := server.Read(p.ReadRequest{ID: id, Urn: urn("cron", "r"), Inputs: args, Properties: state})
	require.NoError(t, err)
	require.Equal(t, plain(state), plain(read.Properties))
	imported, err := server.Read(p.ReadRequest{ID: account + "/one-staging", Urn: urn("cron", "r")})
	require.NoError(t, err)
	require.Equal(t, id, imported.ID)

	_, err = server.Update(p.UpdateRequest{ID: id, Urn: urn("cron", "r"), State: state, OldInputs: args, Inputs: checked(t, server, "cron", crons("1 * * * *"))})
	require.NoError(t, err)
	require.Equal(t, []map[string]string{{"cron": "1 * * * *"}}, c.schedules["one-staging"])
	require.NoError(t, server.Delete(p.DeleteRequest{ID: id, Urn: urn("cron", "r"), Properties: state}))
	require.Empty(t, c.schedules["one-staging"])

	require.NoError(t, server.Delete(p.DeleteRequest{ID: "one-staging", Urn: urn("script", "r"), Properties: script}))
	read, err = server.Read(p.ReadRequest{ID: id, Urn: urn("cron", "r"), Inputs: args, Properties: state})
	require.NoError(t, err)
	require.Empty(t, read.ID)
}

func TestSchema(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	res, err := c.plugin(nil).GetSchema(p.GetSchemaRequest{})
	require.NoError(t, err)
	var spec schema.PackageSpec
	require.NoError(t, json.Unmarshal([]byte(res.Schema), &spec))
	require.Equal(t, "cloudflare", spec.Name)
	require.Equal(t, "5.49.1", spec.Version)
	script := spec.Resources["cloudflare:index/workersScript:WorkersScript"]
	require.ElementsMatch(t, []string{"accountId", "name", "content"}, script.RequiredInputs)
	require.True(t, script.InputProperties["name"].ReplaceOnChanges)
	require.Contains(t, spec.Resources, "cloudflare:index/d1Database:D1Database")
	require.Contains(t, spec.Resources, "cloudflare:index/workersCronTrigger:WorkersCronTrigger")
	secret := spec.Types["cloudflare:index/WorkersScriptSecretTextBinding:WorkersScriptSecretTextBinding"]
	require.True(t, secret.Properties["text"].Secret)
	require.False(t, secret.Properties["name"].Secret)
	require.Contains(t, spec.Config.Variables, "apiHostname")
}
