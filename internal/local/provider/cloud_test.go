package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/blang/semver"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/require"

	"crane/internal/local/provider"
)

const (
	account = "0c4a5e00000000000000000000000051"
	token   = "local-staging-token-00000000000000000000"
	prefix  = "/client/v4/accounts/" + account
	uuid    = "11111111-2222-3333-4444-555555555555"
)

// cloud answers as Cloudflare's API is documented to, and records every request.
type cloud struct {
	*httptest.Server
	t         *testing.T
	mu        sync.Mutex
	requests  []string
	waits     []time.Duration
	scripts   map[string]script
	schedules map[string][]map[string]string
	databases map[string]string
	refuse    []int // statuses that answer the next requests
}

// script is an uploaded script, with the parts it came in.
type script struct {
	parts    []textproto.MIMEHeader
	content  string
	metadata map[string]any
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{
		t: t, scripts: map[string]script{}, databases: map[string]string{},
		schedules: map[string][]map[string]string{},
	}
	c.Server = httptest.NewTLSServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, r.Method+" "+strings.TrimPrefix(r.URL.Path, prefix))
	if len(c.refuse) > 0 {
		status := c.refuse[0]
		c.refuse = c.refuse[1:]
		refuse(w, status, 10013, "an unknown error")
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+token {
		refuse(w, 403, 10000, "Authentication error")
		return
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, prefix+"/"), "/")
	switch {
	case parts[0] == "d1":
		c.database(w, r, parts[2:])
	case len(parts) == 3:
		c.script(w, r, parts[2])
	case parts[3] == "bindings":
		result(w, c.bindings(parts[2]))
	case parts[3] == "schedules":
		c.crons(w, r, parts[2])
	}
}

func (c *cloud) database(w http.ResponseWriter, r *http.Request, rest []string) {
	if len(rest) == 0 {
		var body struct{ Name string }
		require.NoError(c.t, json.NewDecoder(r.Body).Decode(&body))
		if c.databases[uuid] == body.Name {
			refuse(w, 400, 7502, "A database with the name "+body.Name+" already exists")
			return
		}
		c.databases[uuid] = body.Name
		result(w, map[string]any{"uuid": uuid, "name": body.Name, "version": "production"})
		return
	}
	name, ok := c.databases[rest[0]]
	if !ok {
		refuse(w, 404, 7404, "The database was not found")
		return
	}
	if r.Method == "DELETE" {
		delete(c.databases, rest[0])
		result(w, nil)
		return
	}
	result(w, map[string]any{"uuid": rest[0], "name": name, "version": "production"})
}

func (c *cloud) script(w http.ResponseWriter, r *http.Request, name string) {
	s, ok := c.scripts[name]
	switch {
	case r.Method == "PUT":
		c.scripts[name] = c.receive(r)
		result(w, map[string]any{"id": name})
	case !ok:
		refuse(w, 404, 10007, "This Worker does not exist on your account.")
	case r.Method == "DELETE":
		delete(c.scripts, name)
		result(w, nil)
	case s.metadata["main_module"] == nil:
		w.Header().Set("Content-Type", "application/javascript")
		_, _ = io.WriteString(w, s.content)
	default:
		form := multipart.NewWriter(w)
		w.Header().Set("Content-Type", form.FormDataContentType())
		part, err := form.CreateFormFile("worker.mjs", "worker.mjs")
		require.NoError(c.t, err)
		_, _ = io.WriteString(part, s.content)
		_ = form.Close()
	}
}

func (c *cloud) receive(r *http.Request) script {
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	require.NoError(c.t, err)
	form := multipart.NewReader(r.Body, params["boundary"])
	var s script
	for i := 0; ; i++ {
		part, err := form.NextRawPart()
		if err == io.EOF {
			return s
		}
		require.NoError(c.t, err)
		text, err := io.ReadAll(part)
		require.NoError(c.t, err)
		s.parts = append(s.parts, part.Header)
		if i == 0 {
			require.NoError(c.t, json.Unmarshal(text, &s.metadata))
		} else {
			s.content = string(text)
		}
	}
}

// bindings answers backwards, without secrets' texts and with what was left out.
func (c *cloud) bindings(name string) []any {
	out := []any{}
	for _, b := range c.scripts[name].metadata["bindings"].([]any) {
		b := b.(map[string]any)
		answer := map[string]any{"name": b["name"], "type": b["type"]}
		switch b["type"] {
		case "plain_text":
			answer["text"] = b["text"]
		case "service":
			answer["service"], answer["environment"] = b["service"], "production"
		case "d1":
			answer["id"], answer["database_id"] = b["id"], b["id"]
		}
		out = append([]any{answer}, out...)
	}
	return out
}

func (c *cloud) crons(w http.ResponseWriter, r *http.Request, name string) {
	if _, ok := c.scripts[name]; !ok {
		refuse(w, 404, 10007, "This Worker does not exist on your account.")
		return
	}
	if r.Method == "PUT" {
		var body []map[string]string
		require.NoError(c.t, json.NewDecoder(r.Body).Decode(&body))
		require.NotNil(c.t, body, "an empty list is [], not null")
		c.schedules[name] = body
	}
	result(w, map[string]any{"schedules": c.schedules[name]})
}

func result(w http.ResponseWriter, value any) {
	_ = json.NewEncoder(w).Encode(map[string]any{"success": true, "errors": []any{}, "messages": []any{}, "result": value})
}

func refuse(w http.ResponseWriter, status, code int, message string) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"success":false,"errors":[{"code":%d,"message":%q}],"messages":[],"result":null}`, code, message)
}

// asked takes the requests made since it was last called.
func (c *cloud) asked() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := c.requests
	c.requests = nil
	return taken
}

// plugin is a server of the plugin, not configured yet.
func (c *cloud) plugin(env map[string]string) integration.Server {
	c.t.Helper()
	server, err := integration.NewServer(c.t.Context(), provider.Name, semver.MustParse(provider.Version),
		integration.WithProvider(provider.New(provider.Options{
			Client: c.Client(),
			Getenv: func(name string) string { return env[name] },
			Sleep:  func(_ context.Context, d time.Duration) error { c.waits = append(c.waits, d); return nil },
		})))
	require.NoError(c.t, err)
	return server
}

// configured is a plugin on this cloud.
func (c *cloud) configured() integration.Server {
	c.t.Helper()
	server := c.plugin(nil)
	require.NoError(c.t, server.Configure(p.ConfigureRequest{Args: props(c.t, map[string]any{
		"apiHostname": c.Listener.Addr().String(), "apiToken": token, "rps": 100,
	})}))
	return server
}

// props makes properties of plain Go values.
func props(t *testing.T, values map[string]any) property.Map {
	t.Helper()
	m := resource.NewPropertyMapFromMap(values)
	return resource.FromResourcePropertyValue(resource.NewProperty(m)).AsMap()
}

// plain is the reverse of props; a secret is written as a marked value.
func plain(m property.Map) map[string]any {
	return resource.ToResourcePropertyValue(property.New(m)).ObjectValue().MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		if v.IsSecret() {
			return "secret:" + v.SecretValue().Element.StringValue(), true
		}
		return nil, false
	})
}

func urn(kind, name string) resource.URN {
	types := map[string]string{
		"script":   "cloudflare:index/workersScript:WorkersScript",
		"database": "cloudflare:index/d1Database:D1Database",
		"cron":     "cloudflare:index/workersCronTrigger:WorkersCronTrigger",
	}
	return resource.URN("urn:pulumi:staging::crane::" + types[kind] + "::" + name)
}
