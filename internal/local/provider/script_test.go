package provider_test

import (
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/require"
)

// inputs are a Worker's, in an order of their own.
func inputs() map[string]any {
	return map[string]any{
		"accountId": account, "name": "one-staging", "content": "export default {}", "module": true,
		"compatibilityDate": "2026-11-01", "compatibilityFlags": []any{},
		"plainTextBindings":  []any{object("name", "Z", "text", "last"), object("name", "A", "text", "first")},
		"secretTextBindings": []any{object("name", "KEY", "text", "hush")},
		"serviceBindings":    []any{object("name", "OTHER", "service", "two-staging")},
		"d1DatabaseBindings": []any{object("name", "DB", "databaseId", uuid)},
	}
}

func object(pairs ...string) map[string]any {
	out := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

// checked is what the engine would hand on as a resource's inputs.
func checked(t *testing.T, server integration.Server, kind string, in map[string]any) property.Map {
	t.Helper()
	res, err := server.Check(p.CheckRequest{Urn: urn(kind, "r"), Inputs: props(t, in)})
	require.NoError(t, err)
	require.Empty(t, res.Failures)
	return res.Inputs
}

// created is a resource that exists.
func created(t *testing.T, server integration.Server, kind string, in map[string]any) (string, property.Map, property.Map) {
	t.Helper()
	args := checked(t, server, kind, in)
	res, err := server.Create(p.CreateRequest{Urn: urn(kind, "r"), Properties: args})
	require.NoError(t, err)
	return res.ID, args, res.Properties
}

func TestScriptUpload(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	id, _, state := created(t, c.configured(), "script", inputs())
	require.Equal(t, "one-staging", id)
	require.Equal(t, []string{"GET /workers/scripts/one-staging", "PUT /workers/scripts/one-staging"}, c.asked())

	got := c.scripts["one-staging"]
	require.Equal(t, "export default {}", got.content)
	require.Equal(t, `form-data; name="metadata"`, got.parts[0].Get("Content-Disposition"))
	require.Equal(t, "application/json", got.parts[0].Get("Content-Type"))
	require.Equal(t, `form-data; name="worker.mjs"; filename="worker.mjs"`, got.parts[1].Get("Content-Disposition"))
	require.Equal(t, "application/javascript+module", got.parts[1].Get("Content-Type"))
	require.Equal(t, map[string]any{
		"main_module": "worker.mjs", "compatibility_date": "2026-11-01",
		"placement": map[string]any{"mode": ""}, "tags": []any{},
		"bindings": []any{
			object("name", "Z", "type", "plain_text", "text", "last"),
			object("name", "A", "type", "plain_text", "text", "first"),
			object("name", "KEY", "type", "secret_text", "text", "hush"),
			object("name", "OTHER", "type", "service", "service", "two-staging", "environment", ""),
			object("name", "DB", "type", "d1", "id", uuid),
		},
	}, got.metadata)
	require.Equal(t, []any{object("name", "KEY", "text", "secret:hush")}, plain(state)["secretTextBindings"])
}

func TestServiceWorkerUpload(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.configured()
	id, args, state := created(t, server, "script", map[string]any{"accountId": account, "name": "old", "content": "addEventListener"})
	got := c.scripts["old"]
	require.Equal(t, `form-data; name="script"`, got.parts[1].Get("Content-Disposition"))
	require.Equal(t, "application/javascript", got.parts[1].Get("Content-Type"))
	require.Equal(t, "script", got.metadata["body_part"])
	require.Equal(t, []any{}, got.metadata["bindings"])

	res, err := server.Read(p.ReadRequest{ID: id, Urn: urn("script", "r"), Inputs: args, Properties: state})
	require.NoError(t, err)
	require.Equal(t, plain(state), plain(res.Properties))
}

func TestRefreshRightAfterCreateFindsNoDrift(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.configured()
	id, args, state := created(t, server, "script", inputs())
	c.asked()
	res, err := server.Read(p.ReadRequest{ID: id, Urn: urn("script", "r"), Inputs: args, Properties: state})
	require.NoError(t, err)
	require.Equal(t, id, res.ID)
	require.Equal(t, plain(args), plain(res.Inputs))
	require.Equal(t, plain(state), plain(res.Properties))
	require.Equal(t, []string{"GET /workers/scripts/one-staging", "GET /workers/scripts/one-staging/bindings"}, c.asked())
}

func TestRefreshFindsDrift(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.configured()
	id, args, state := created(t, server, "script", inputs())
	other := inputs()
	other["content"] = "changed"
	other["plainTextBindings"] = []any{object("name", "A", "text", "else"), object("name", "B", "text", "new")}
	other["secretTextBindings"] = []any{object("name", "MORE", "text", "x"), object("name", "KEY", "text", "y")}
	other["d1DatabaseBindings"] = []any{}
	delete(c.scripts, "one-staging")
	created(t, server, "script", other)

	res, err := server.Read(p.ReadRequest{ID: id, Urn: urn("script", "r"), Inputs: args, Properties: state})
	require.NoError(t, err)
	for _, m := range []property.Map{res.Inputs, res.Properties} {
		got := plain(m)
		require.Equal(t, "changed", got["content"])
		require.Equal(t, []any{object("name", "A", "text", "else"), object("name", "B", "text", "new")}, got["plainTextBindings"])
		require.Equal(t, []any{object("name", "KEY", "text", "secret:hush"), object("name", "MORE", "text", "")}, got["secretTextBindings"])
		require.Empty(t, got["d1DatabaseBindings"])
	}
	diff, err := server.Diff(p.DiffRequest{ID: id, Urn: urn("script", "r"), State: res.Properties, OldInputs: res.Inputs, Inputs: args})
	require.NoError(t, err)
	require.True(t, diff.HasChanges)
}

func TestGoneScript(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.configured()
	id, args, state := created(t, server, "script", inputs())
	require.NoError(t, server.Delete(p.DeleteRequest{ID: id, Urn: urn("script", "r"), Properties: state}))
	require.Empty(t, c.scripts)
	res, err := server.Read(p.ReadRequest{ID: id, Urn: urn("script", "r"), Inputs: args, Properties: state})
	require.NoError(t, err)
	require.Empty(t, res.ID)
	require.NoError(t, server.Delete(p.DeleteRequest{ID: id, Urn: urn("script", "r"), Properties: state}), "gone already")
}

func TestScriptImport(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.configured()
	created(t, server, "script", inputs())
	res, err := server.Read(p.ReadRequest{ID: account + "/one-staging", Urn: urn("script", "r")})
	require.NoError(t, err)
	require.Equal(t, "one-staging", res.ID)
	got := plain(res.Inputs)
	require.Equal(t, account, got["accountId"])
	require.Equal(t, "one-staging", got["name"])
	require.Equal(t, true, got["module"])
	require.Equal(t, []any{object("name", "A", "text", "first"), object("name", "Z", "text", "last")}, got["plainTextBindings"])
	require.Equal(t, got, plain(res.Properties))

	_, err = server.Read(p.ReadRequest{ID: "one-staging", Urn: urn("script", "r")})
	require.ErrorContains(t, err, `invalid import id: "one-staging", it should be account_id/script_name`)
}

func TestDiffNamesWhatChanged(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.configured()
	id, args, state := created(t, server, "script", inputs())
	c.asked()
	diff := func(change func(map[string]any)) p.DiffResponse {
		in := inputs()
		change(in)
		res, err := server.Diff(p.DiffRequest{
			ID: id, Urn: urn("script", "r"), State: state, OldInputs: args, Inputs: checked(t, server, "script", in),
		})
		require.NoError(t, err)
		return res
	}
	require.False(t, diff(func(map[string]any) {}).HasChanges)
	for property, change := range map[string]func(map[string]any){
		"content":                   func(in map[string]any) { in["content"] = "new" },
		"plainTextBindings[1].text": func(in map[string]any) { in["plainTextBindings"].([]any)[1] = object("name", "A", "text", "new") },
		"secretTextBindings[0].text": func(in map[string]any) {
			in["secretTextBindings"].([]any)[0] = object("name", "KEY", "text", "new")
		},
	} {
		got := diff(change)
		require.True(t, got.HasChanges, property)
		require.Len(t, got.DetailedDiff, 1, property)
		require.Equal(t, p.Update, got.DetailedDiff[property].Kind, property)
	}
	for _, property := range []string{"name", "accountId"} {
		got := diff(func(in map[string]any) { in[property] = "other" })
		require.Equal(t, p.UpdateReplace, got.DetailedDiff[property].Kind, property)
	}
	require.Empty(t, c.asked())
}

func TestUpdateUploadsOnce(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.configured()
	id, args, state := created(t, server, "script", inputs())
	c.asked()
	in := inputs()
	in["content"] = "new"
	req := p.UpdateRequest{ID: id, Urn: urn("script", "r"), State: state, OldInputs: args, Inputs: checked(t, server, "script", in), DryRun: true}
	_, err := server.Update(req)
	require.NoError(t, err)
	require.Empty(t, c.asked(), "a preview asks nothing")
	req.DryRun = false
	res, err := server.Update(req)
	require.NoError(t, err)
	require.Equal(t, []string{"PUT /workers/scripts/one-staging"}, c.asked())
	require.Equal(t, "new", c.scripts["one-staging"].content)
	require.Equal(t, []any{object("name", "KEY", "text", "secret:hush")}, plain(res.Properties)["secretTextBindings"])
}

func TestCreateRefusals(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	server := c.configured()
	create := func(change func(map[string]any)) error {
		in := inputs()
		change(in)
		_, err := server.Create(p.CreateRequest{Urn: urn("script", "r"), Properties: checked(t, server, "script", in)})
		return err
	}
	for message, change := range map[string]func(map[string]any){
		"invalid inputs: the content of worker script one-staging is empty; nothing was changed": func(in map[string]any) { in["content"] = "" },
		`invalid inputs: worker script one-staging has two bindings named "A", or one without a name; nothing was changed`: func(in map[string]any) {
			in["secretTextBindings"] = []any{object("name", "A", "text", "hush")}
		},
		"invalid inputs: binding KEY of worker script one-staging is empty; nothing was changed": func(in map[string]any) {
			in["secretTextBindings"] = []any{object("name", "KEY", "text", "")}
		},
	} {
		require.EqualError(t, create(change), message)
	}
	require.Empty(t, c.asked())

	require.NoError(t, create(func(map[string]any) {}))
	c.asked()
	before := c.scripts["one-staging"]
	err := create(func(in map[string]any) { in["content"] = "mine" })
	require.EqualError(t, err, "script already exists: one-staging; nothing was changed\nhint: crane recover")
	require.Equal(t, []string{"GET /workers/scripts/one-staging"}, c.asked())
	require.Equal(t, before, c.scripts["one-staging"])
}

func TestUnsupportedInputsAreNamed(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	in := inputs()
	in["kvNamespaceBindings"] = []any{object("name", "KV", "namespaceId", "x")}
	in["logpush"] = true
	res, err := c.configured().Check(p.CheckRequest{Urn: urn("script", "r"), Inputs: props(t, in)})
	require.NoError(t, err)
	require.ElementsMatch(t, []p.CheckFailure{
		{Property: "kvNamespaceBindings", Reason: "the stand-in for the cloudflare plugin does not support it; pulumi plugin install resource cloudflare 5.49.1"},
		{Property: "logpush", Reason: "the stand-in for the cloudflare plugin does not support it; pulumi plugin install resource cloudflare 5.49.1"},
	}, res.Failures)
	require.Empty(t, c.asked())
}
