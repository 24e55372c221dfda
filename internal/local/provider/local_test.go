package provider_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/blang/semver"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/stretchr/testify/require"

	accounts "crane/internal/local/account"
	"crane/internal/local/api"
	"crane/internal/local/provider"
	"crane/internal/local/runtime"
	"crane/internal/local/store"
)

// worker answers with all that is bound to it.
const worker = `export default {
  async fetch(request, env) {
    const row = await env.DB.prepare("SELECT 40 + 2 AS n").first()
    return Response.json({ text: env.TEXT, secret: env.KEY, n: row.n })
  },
  async scheduled() {},
}`

// local is the local Cloudflare, whole: its API on real workerd.
func local(t *testing.T) (integration.Server, *runtime.Runtime) {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	require.NoError(t, err)
	workerd, err := runtime.Locate(root)
	require.NoError(t, err)
	dir := t.TempDir()
	rt, err := runtime.New(t.Context(), runtime.Config{Workerd: workerd, Dir: dir, Log: io.Discard})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rt.Close()) })
	db, err := store.Open(dir)
	require.NoError(t, err)
	handler, err := api.New(api.Config{Store: db, Runtime: rt, Accounts: accounts.All()})
	require.NoError(t, err)
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)

	plugin, err := integration.NewServer(t.Context(), provider.Name, semver.MustParse(provider.Version),
		integration.WithProvider(provider.New(provider.Options{Client: server.Client(), Getenv: os.Getenv})))
	require.NoError(t, err)
	require.NoError(t, plugin.Configure(p.ConfigureRequest{Args: props(t, map[string]any{
		"apiHostname": server.Listener.Addr().String(), "apiToken": accounts.Staging.Token,
	})}))
	return plugin, rt
}

func TestOnTheLocalCloudflare(t *testing.T) {
	t.Parallel()
	server, rt := local(t)
	var all []p.ReadRequest
	create := func(kind string, in map[string]any) string {
		id, args, state := created(t, server, kind, in)
		all = append(all, p.ReadRequest{ID: id, Urn: urn(kind, "r"), Inputs: args, Properties: state})
		return id
	}
	database := create("database", map[string]any{"accountId": account, "name": "notes-db-staging"})
	create("script", map[string]any{"accountId": account, "name": "two-staging", "content": worker, "module": true, "compatibilityDate": "2026-11-01",
		"d1DatabaseBindings": []any{object("name", "DB", "databaseId", database)}})
	create("script", map[string]any{"accountId": account, "name": "one-staging", "content": worker, "module": true,
		"compatibilityDate": "2026-11-01", "compatibilityFlags": []any{"nodejs_compat"},
		"plainTextBindings":  []any{object("name", "TEXT", "text", "plain"), object("name", "A", "text", "a")},
		"secretTextBindings": []any{object("name", "KEY", "text", "hush")},
		"serviceBindings":    []any{object("name", "TWO", "service", "two-staging")},
		"d1DatabaseBindings": []any{object("name", "DB", "databaseId", database)}})
	create("cron", map[string]any{"accountId": account, "scriptName": "one-staging", "schedules": []any{"0 */6 * * *", "*/5 * * * *"}})

	for _, req := range all {
		got, err := server.Read(req)
		require.NoError(t, err)
		require.Equal(t, plain(req.Inputs), plain(got.Inputs), req.Urn)
		require.Equal(t, plain(req.Properties), plain(got.Properties), req.Urn)
		diff, err := server.Diff(p.DiffRequest{ID: req.ID, Urn: req.Urn, State: got.Properties, OldInputs: got.Inputs, Inputs: req.Inputs})
		require.NoError(t, err)
		require.False(t, diff.HasChanges, req.Urn)
	}

	rt.SetRoute(account, "one-staging", true)
	answer := httptest.NewRecorder()
	rt.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://one-staging.localhost/", nil))
	require.JSONEq(t, `{"text":"plain","secret":"hush","n":42}`, answer.Body.String())

	for i := len(all) - 1; i >= 0; i-- {
		require.NoError(t, server.Delete(p.DeleteRequest{ID: all[i].ID, Urn: all[i].Urn, Properties: all[i].Properties}))
	}
	_, err := server.Read(all[0])
	require.ErrorContains(t, err, "answered 404: 7404")
	gone, err := server.Read(all[2])
	require.NoError(t, err)
	require.Empty(t, gone.ID)
}

func TestTheAPIsOwnWordsReachTheUser(t *testing.T) {
	t.Parallel()
	server, _ := local(t)
	for message, in := range map[string]map[string]any{
		"10021": {"accountId": account, "name": "broken", "content": "export default {", "module": true},
		"403":   {"accountId": accounts.Production.ID, "name": "elsewhere", "content": worker, "module": true},
	} {
		_, err := server.Create(p.CreateRequest{Urn: urn("script", "r"), Properties: checked(t, server, "script", in)})
		require.ErrorContains(t, err, message)
		require.NotContains(t, err.Error(), accounts.Staging.Token)
	}
}
