package api_test

import (
	"testing"

	"github.com/cloudflare/cloudflare-go/v6/workers"
	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
)

func TestGoRoute(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	routes := workers.NewScriptSubdomainService(c.options(account.Staging.Token)...)
	turn := workers.ScriptSubdomainNewParams{AccountID: ours}
	turn.Enabled.Value, turn.Enabled.Present, turn.PreviewsEnabled.Present = true, true, true
	_, err := routes.New(t.Context(), "x", turn)
	failed(t, err, 404, 10007, "This Worker does not exist on your account.")
	_, err = routes.Get(t.Context(), "x", workers.ScriptSubdomainGetParams{AccountID: ours})
	failed(t, err, 404, 10007, "does not exist")
	_, err = routes.Delete(t.Context(), "x", workers.ScriptSubdomainDeleteParams{AccountID: ours})
	failed(t, err, 404, 10007, "does not exist")
	require.Empty(t, c.state())

	c.put("x", saying("'x'"), "").object(t)
	got, err := routes.Get(t.Context(), "x", workers.ScriptSubdomainGetParams{AccountID: ours})
	require.NoError(t, err)
	require.False(t, got.Enabled)
	on, err := routes.New(t.Context(), "x", turn)
	require.NoError(t, err)
	require.True(t, on.Enabled)
	require.False(t, on.PreviewsEnabled)
	status, _ := c.get("x", "/")
	require.Equal(t, 200, status)
	off, err := routes.Delete(t.Context(), "x", workers.ScriptSubdomainDeleteParams{AccountID: ours})
	require.NoError(t, err)
	require.False(t, off.Enabled)
	status, _ = c.get("x", "/")
	require.Equal(t, 404, status)
}

func TestGoSubdomain(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	accounts := workers.NewSubdomainService(c.options(account.Staging.Token)...)
	got, err := accounts.Get(t.Context(), workers.SubdomainGetParams{AccountID: ours})
	require.NoError(t, err)
	require.Equal(t, account.Staging.Subdomain, got.Subdomain)
	_, err = accounts.Get(t.Context(), workers.SubdomainGetParams{AccountID: field(account.Production.ID).AccountID})
	failed(t, err, 403, 10000, "Authentication error")
	update := workers.SubdomainUpdateParams{AccountID: ours, Subdomain: field("other").AccountID}
	_, err = accounts.Update(t.Context(), update)
	failed(t, err, 404, 7003, "/workers/subdomain, perhaps your object identifier is invalid?")
}

func TestGoScript(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	id := c.database("notes")
	c.put("x", saying("'x'"), `,"compatibility_flags":["nodejs_compat"],"tags":["a"],"bindings":[
		{"name":"DB","type":"d1","database_id":"`+id+`"},{"name":"KEY","type":"secret_text","text":"hush"}]`).object(t)
	opts := c.options(account.Staging.Token)
	list, err := workers.NewScriptService(opts...).List(t.Context(), workers.ScriptListParams{AccountID: ours})
	require.NoError(t, err)
	require.Len(t, list.Result, 1)
	require.Equal(t, "x", list.Result[0].ID)
	require.True(t, list.Result[0].HasModules)
	require.Equal(t, "2026-06-01", list.Result[0].CompatibilityDate)
	require.Equal(t, []string{"a"}, list.Result[0].Tags)

	settings, err := workers.NewScriptScriptAndVersionSettingService(opts...).
		Get(t.Context(), "x", workers.ScriptScriptAndVersionSettingGetParams{AccountID: ours})
	require.NoError(t, err)
	require.Equal(t, []string{"nodejs_compat"}, settings.CompatibilityFlags)
	require.Len(t, settings.Bindings, 2)
	require.Equal(t, id, settings.Bindings[0].ID)
	require.EqualValues(t, "secret_text", settings.Bindings[1].Type)
	require.NotContains(t, settings.JSON.RawJSON(), "hush")

	missing := workers.ScriptScriptAndVersionSettingGetParams{AccountID: ours}
	_, err = workers.NewScriptScriptAndVersionSettingService(opts...).Get(t.Context(), "y", missing)
	failed(t, err, 404, 10007, "does not exist")
}
