package api_test

import (
	"mime"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/cloudflare/cloudflare-go"
	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
)

// worker are the parameters of a module, with all that the provider always
// sends.
func worker(code string, bindings map[string]cloudflare.WorkerBinding) cloudflare.CreateWorkerParams {
	return cloudflare.CreateWorkerParams{
		ScriptName: "caller", Script: code, Module: true, Bindings: bindings,
		Placement: &cloudflare.Placement{}, Tags: []string{},
	}
}

// create is what the provider does: it refuses a script that it can read.
func (tf terraform) create(t *testing.T, params cloudflare.CreateWorkerParams) cloudflare.WorkerScriptResponse {
	t.Helper()
	existing, _ := tf.GetWorker(t.Context(), tf.account, params.ScriptName)
	require.Empty(t, existing.Script)
	return tf.upload(t, params)
}

func (tf terraform) upload(t *testing.T, params cloudflare.CreateWorkerParams) cloudflare.WorkerScriptResponse {
	t.Helper()
	put, err := tf.UploadWorker(t.Context(), tf.account, params)
	require.NoError(t, err)
	return put
}

// read is how the provider refreshes and imports a script.
func (tf terraform) read(t *testing.T, name string) (string, map[string]cloudflare.WorkerBinding) {
	t.Helper()
	script, err := tf.GetWorker(t.Context(), tf.account, name)
	require.NoError(t, err)
	require.True(t, script.Module)
	list, err := tf.ListWorkerBindings(t.Context(), tf.account, cloudflare.ListWorkerBindingsParams{ScriptName: name})
	require.NoError(t, err)
	bindings := map[string]cloudflare.WorkerBinding{}
	for _, item := range list.BindingList {
		bindings[item.Name] = item.Binding
	}
	return script.Script, bindings
}

func TestTerraformScript(t *testing.T) {
	t.Parallel()
	tf := newTerraform(t)
	id := tf.cloud.database("notes")
	tf.cloud.put("other", saying("'other'"), "").object(t)
	code := saying("env.TEXT + env.KEY + (await env.DB.prepare('SELECT 7 AS n').first()).n + await (await env.OTHER.fetch(request)).text()")
	production := "production"
	put := tf.create(t, worker(code, map[string]cloudflare.WorkerBinding{
		"TEXT":  cloudflare.WorkerPlainTextBinding{Text: "t"},
		"KEY":   cloudflare.WorkerSecretTextBinding{Text: "hush"},
		"DB":    cloudflare.WorkerD1DatabaseBinding{DatabaseID: id},
		"OTHER": cloudflare.WorkerServiceBinding{Service: "other"},
		"ME":    cloudflare.WorkerServiceBinding{Service: "caller", Environment: &production},
	}))
	require.Equal(t, "caller", put.ID)
	require.Len(t, put.ETAG, 64)
	require.False(t, put.CreatedOn.IsZero())
	require.False(t, put.ModifiedOn.Before(put.CreatedOn))
	require.Equal(t, "terraform", *put.LastDeployedFrom)
	require.Equal(t, cloudflare.PlacementModeOff, put.Placement.Mode)
	require.False(t, *put.Logpush)
	require.Equal(t, strings.ReplaceAll(tf.cloud.versionIDs("caller")[0], "-", ""), *put.DeploymentId)

	script, bindings := tf.read(t, "caller")
	require.Equal(t, code, script)
	require.Equal(t, map[string]cloudflare.WorkerBinding{
		"TEXT":  cloudflare.WorkerPlainTextBinding{Text: "t"},
		"KEY":   cloudflare.WorkerSecretTextBinding{},
		"DB":    cloudflare.WorkerD1DatabaseBinding{DatabaseID: id},
		"OTHER": cloudflare.WorkerServiceBinding{Service: "other", Environment: &production},
		"ME":    cloudflare.WorkerServiceBinding{Service: "caller", Environment: &production},
	}, bindings)
	tf.cloud.call("POST", "/workers/scripts/caller/subdomain", `{"enabled":true}`).object(t)
	_, body := tf.cloud.get("caller", "/")
	require.Equal(t, "thush7other", body)
}

func TestTerraformScriptUpdate(t *testing.T) {
	t.Parallel()
	tf := newTerraform(t)
	made := tf.create(t, worker(saying("'one'"), map[string]cloudflare.WorkerBinding{
		"TEXT": cloudflare.WorkerPlainTextBinding{Text: "t"},
		"KEY":  cloudflare.WorkerSecretTextBinding{Text: "hush"},
	}))
	changed := worker(saying("'two'"), nil)
	changed.CompatibilityDate, changed.CompatibilityFlags = "2026-06-01", []string{"nodejs_compat"}
	on := true
	changed.Logpush = &on
	put := tf.upload(t, changed)
	require.Equal(t, made.CreatedOn, put.CreatedOn)
	require.True(t, put.ModifiedOn.After(made.ModifiedOn))
	require.NotEqual(t, made.ETAG, put.ETAG)
	require.True(t, *put.Logpush)
	script, bindings := tf.read(t, "caller")
	require.Equal(t, changed.Script, script)
	require.Equal(t, map[string]cloudflare.WorkerBinding{"KEY": cloudflare.WorkerSecretTextBinding{}}, bindings, "secrets stay, the rest goes")

	list, _, err := tf.ListWorkers(t.Context(), tf.account, cloudflare.ListWorkersParams{})
	require.NoError(t, err)
	require.Equal(t, []cloudflare.WorkerMetaData{put.WorkerMetaData}, list.WorkerList)

	require.NoError(t, tf.DeleteWorker(t.Context(), tf.account, cloudflare.DeleteWorkerParams{ScriptName: "caller"}))
	_, err = tf.GetWorker(t.Context(), tf.account, "caller")
	refused[*cloudflare.NotFoundError](t, err, 10007, "This Worker does not exist on your account.")
}

// TestTerraformUpload is the form of the client's multipart body.
func TestTerraformUpload(t *testing.T) {
	t.Parallel()
	tf := newTerraform(t)
	tf.upload(t, worker(saying("1"), nil))
	put := called(tf.cloud.asked.take(), "PUT workers/scripts/caller")
	_, params, err := mime.ParseMediaType(put.contentType)
	require.NoError(t, err)
	form, err := multipart.NewReader(strings.NewReader(put.body), params["boundary"]).ReadForm(1 << 20)
	require.NoError(t, err)
	require.JSONEq(t, `{"main_module":"worker.mjs","bindings":[],"placement":{"mode":""},"tags":[]}`, form.Value["metadata"][0])
	require.Less(t, strings.Index(put.body, `name="metadata"`), strings.Index(put.body, `name="worker.mjs"`))
	main := form.File["worker.mjs"][0]
	require.Equal(t, "worker.mjs", main.Filename)
	require.Equal(t, "application/javascript+module", main.Header.Get("Content-Type"))
	_, bindings := tf.read(t, "caller")
	require.Empty(t, bindings)
}

func TestTerraformUploadRefused(t *testing.T) {
	t.Parallel()
	tf := newTerraform(t)
	tf.create(t, worker(saying("'old'"), map[string]cloudflare.WorkerBinding{"KEY": cloudflare.WorkerSecretTextBinding{Text: "k"}}))
	before := tf.cloud.state()
	classic := worker("addEventListener('fetch', e => e.respondWith(new Response('x')))", nil)
	classic.Module = false
	bare := cloudflare.CreateWorkerParams{ScriptName: "caller", Script: classic.Script}
	one := func(name string, b cloudflare.WorkerBinding) cloudflare.CreateWorkerParams {
		return worker(saying("1"), map[string]cloudflare.WorkerBinding{name: b})
	}
	cases := map[string]struct {
		params cloudflare.CreateWorkerParams
		code   int
		text   string
	}{
		"service worker": {classic, 10021, "this server runs ES modules only: send main_module instead of body_part"},
		"no multipart":   {bare, 7400, "isn't multipart/form-data"},
		"does not start": {worker("throw new Error('no start')", nil), 10021, "no start"},
		"no database":    {one("B", cloudflare.WorkerD1DatabaseBinding{DatabaseID: "0"}), 10181, "references database '0' which was not found"},
		"no service":     {one("B", cloudflare.WorkerServiceBinding{Service: "gone"}), 10143, "Target script 'gone' not found"},
		"secret's name":  {one("KEY", cloudflare.WorkerPlainTextBinding{Text: "x"}), 10053, "Binding name 'KEY' already in use"},
		"wasm":           {one("B", cloudflare.WorkerWebAssemblyBinding{Module: strings.NewReader("\x00asm")}), 10021, `no bindings of type "wasm_module"`},
		"kv":             {one("B", cloudflare.WorkerKvNamespaceBinding{NamespaceID: "n"}), 10021, `no bindings of type "kv_namespace"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := tf.UploadWorker(t.Context(), tf.account, tc.params)
			refused[*cloudflare.RequestError](t, err, tc.code, tc.text)
		})
	}
	elsewhere := tf.cloud.terraform(account.Staging.Token, account.Production.ID)
	_, err := elsewhere.UploadWorker(t.Context(), elsewhere.account, worker(saying("1"), nil))
	refused[*cloudflare.AuthenticationError](t, err, 10000, "Authentication error")
	require.Equal(t, before, tf.cloud.state())
}

// TestTerraformScriptGone is what the provider meets when somebody else has
// deleted a script: a not-found error takes it out of the state.
func TestTerraformScriptGone(t *testing.T) {
	t.Parallel()
	tf := newTerraform(t)
	const gone = "This Worker does not exist on your account."
	_, err := tf.GetWorker(t.Context(), tf.account, "caller")
	refused[*cloudflare.NotFoundError](t, err, 10007, gone)
	_, err = tf.ListWorkerBindings(t.Context(), tf.account, cloudflare.ListWorkerBindingsParams{ScriptName: "caller"})
	refused[*cloudflare.NotFoundError](t, err, 10007, gone)
	err = tf.DeleteWorker(t.Context(), tf.account, cloudflare.DeleteWorkerParams{ScriptName: "caller"})
	refused[*cloudflare.NotFoundError](t, err, 10007, gone)
	require.Empty(t, tf.cloud.state())
}
