package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
	"crane/internal/local/api"
	"crane/internal/local/runtime"
	"crane/internal/local/store"
)

// cloud is a local Cloudflare of its own: the API, a store and the real
// runtime.
type cloud struct {
	t       *testing.T
	dir     string
	api     *httptest.Server
	workers *httptest.Server
	runtime *runtime.Runtime
	asked   recorder
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{t: t, dir: t.TempDir()}
	c.start()
	t.Cleanup(c.stop)
	return c
}

func (c *cloud) start() {
	root, err := filepath.Abs("../../..")
	require.NoError(c.t, err)
	workerd, err := runtime.Locate(root)
	require.NoError(c.t, err)
	c.runtime, err = runtime.New(c.t.Context(), runtime.Config{Workerd: workerd, Dir: c.dir, Log: io.Discard})
	require.NoError(c.t, err)
	state, err := store.Open(c.dir)
	require.NoError(c.t, err)
	handler, err := api.New(api.Config{Store: state, Runtime: c.runtime, Accounts: account.All()})
	require.NoError(c.t, err)
	c.api = httptest.NewServer(c.asked.around(handler))
	c.workers = httptest.NewServer(c.runtime)
}

func (c *cloud) stop() {
	c.api.Close()
	c.workers.Close()
	require.NoError(c.t, c.runtime.Close())
}

// reply is an answer of the API.
type reply struct {
	status  int
	Result  json.RawMessage
	Success bool
	Errors  []struct {
		Code    int
		Message string
	}
	ResultInfo map[string]int `json:"result_info"`
}

// object reads the result as an object, list as an array of objects.
func (r reply) object(t *testing.T) (o map[string]any) {
	t.Helper()
	require.True(t, r.Success, "%+v", r.Errors)
	require.NoError(t, json.Unmarshal(r.Result, &o), "%s", r.Result)
	return o
}

func (r reply) list(t *testing.T) (l []map[string]any) {
	t.Helper()
	require.True(t, r.Success, "%+v", r.Errors)
	require.NoError(t, json.Unmarshal(r.Result, &l), "%s", r.Result)
	return l
}

// refused checks a refusal.
func (r reply) refused(t *testing.T, status, code int, text string) {
	t.Helper()
	require.Equal(t, status, r.status, "%s %+v", r.Result, r.Errors)
	require.False(t, r.Success)
	require.Len(t, r.Errors, 1)
	require.Equal(t, code, r.Errors[0].Code, r.Errors[0].Message)
	require.Contains(t, r.Errors[0].Message, text)
}

// send sends a request and reads the envelope.
func (c *cloud) send(token, method, path, contentType string, body io.Reader) reply {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.api.URL+api.Prefix+path, body)
	require.NoError(c.t, err)
	request.Header.Set("Content-Type", contentType)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(c.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	r := reply{status: response.StatusCode}
	require.NoError(c.t, json.Unmarshal(text, &r), "%s %s: %s", method, path, text)
	require.Contains(c.t, string(text), `"messages":[]`)
	require.Contains(c.t, string(text), `"errors":[`)
	return r
}

// call sends JSON within the staging account.
func (c *cloud) call(method, path, body string) reply {
	c.t.Helper()
	return c.send(account.Staging.Token, method, "/accounts/"+account.Staging.ID+path, "application/json", strings.NewReader(body))
}

// form builds a multipart body: the description first, then the modules.
func form(t *testing.T, field, description string, modules map[string]string) (contentType string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	require.NoError(t, w.WriteField(field, description))
	for name, content := range modules {
		mediaType := "application/javascript+module"
		if strings.HasSuffix(name, ".txt") {
			mediaType = "text/plain"
		}
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="` + name + `"; filename="` + name + `"`},
			"Content-Type":        {mediaType},
		})
		require.NoError(t, err)
		_, err = part.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return w.FormDataContentType(), body
}

// upload sends a script of one module; metadata is more JSON members.
func (c *cloud) upload(method, path, code, metadata string) reply {
	c.t.Helper()
	description := `{"main_module":"worker.mjs","compatibility_date":"2026-06-01"` + metadata + `}`
	contentType, body := form(c.t, "metadata", description, map[string]string{"worker.mjs": code})
	return c.send(account.Staging.Token, method, "/accounts/"+account.Staging.ID+path, contentType, body)
}

func (c *cloud) put(name, code, metadata string) reply {
	c.t.Helper()
	return c.upload("PUT", "/workers/scripts/"+name, code, metadata)
}

// get asks a deployed script.
func (c *cloud) get(name, path string) (int, string) {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), "GET", c.workers.URL+path, nil)
	require.NoError(c.t, err)
	request.Host = name + ".localhost"
	response, err := http.DefaultClient.Do(request)
	require.NoError(c.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	return response.StatusCode, string(text)
}

// state is every file of the store with its content, to show that nothing has
// changed.
func (c *cloud) state() map[string]string {
	c.t.Helper()
	all := map[string]string{}
	for _, dir := range []string{"accounts", "blobs"} {
		require.NoError(c.t, filepath.WalkDir(filepath.Join(c.dir, dir), func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			all[path] = string(text)
			return err
		}))
	}
	return all
}

// saying is a script that answers with an expression over env.
func saying(expression string) string {
	return "export default { async fetch(request, env) { return new Response(" + expression + ") } }"
}

// database makes a database and returns its id.
func (c *cloud) database(name string) string {
	c.t.Helper()
	return c.call("POST", "/d1/database", `{"name":"`+name+`"}`).object(c.t)["uuid"].(string)
}

// rows are the rows of one statement, as JSON.
func (c *cloud) rows(id, sql string) string {
	c.t.Helper()
	body, err := json.Marshal(map[string]string{"sql": sql})
	require.NoError(c.t, err)
	var results []struct{ Results json.RawMessage }
	r := c.call("POST", "/d1/database/"+id+"/query", string(body))
	require.True(c.t, r.Success, "%+v", r.Errors)
	require.NoError(c.t, json.Unmarshal(r.Result, &results))
	require.Len(c.t, results, 1)
	return string(results[0].Results)
}

// route uploads a script and turns its route on.
func (c *cloud) route(name, code, metadata string) {
	c.t.Helper()
	c.put(name, code, metadata).object(c.t)
	c.call("POST", "/workers/scripts/"+name+"/subdomain", `{"enabled":true}`).object(c.t)
}
