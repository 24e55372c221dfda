package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/blang/semver"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
	"crane/internal/migrate/migratetest"
)

// cloud speaks the documented shapes of the endpoints used here, for one
// account with one database and one script, and remembers what it was asked.
type cloud struct {
	mu       sync.Mutex
	requests []string
	db       *migratetest.Memory
	gone     bool
	route    bool
	refuse   string
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/client/v4/accounts/"+account.Staging.ID)
	c.requests = append(c.requests, r.Method+" "+path)
	switch {
	case r.Header.Get("Authorization") != "Bearer "+account.Staging.Token:
		reply(w, 403, nil, 7403, "The given account is not valid or is not authorized to access this service")
	case c.gone:
		reply(w, 404, nil, 7404, "not found")
	case path == "/d1/database/db/query":
		c.query(w, r)
	case path == "/d1/database/db/time_travel/bookmark":
		reply(w, 200, map[string]any{"bookmark": "b1"}, 0, "")
	case path == "/workers/subdomain":
		reply(w, 200, map[string]any{"subdomain": account.Staging.Subdomain}, 0, "")
	case path == "/workers/scripts/watch-staging/subdomain":
		if r.Method != http.MethodGet {
			c.route = r.Method == http.MethodPost
		}
		reply(w, 200, map[string]any{"enabled": c.route, "previews_enabled": false}, 0, "")
	default:
		reply(w, 404, nil, 7003, "Could not route to "+path)
	}
}

func (c *cloud) query(w http.ResponseWriter, r *http.Request) {
	var body struct{ SQL string }
	_ = json.NewDecoder(r.Body).Decode(&body)
	if c.refuse != "" && strings.Contains(body.SQL, c.refuse) {
		reply(w, 400, nil, 7500, "near \""+c.refuse+"\": syntax error at offset 0: SQLITE_ERROR")
		return
	}
	results, err := c.db.Query(r.Context(), body.SQL)
	if err != nil {
		reply(w, 400, nil, 7500, err.Error())
		return
	}
	all := []any{}
	for _, rows := range results {
		all = append(all, map[string]any{"success": true, "results": rows, "meta": map[string]any{}})
	}
	reply(w, 200, all, 0, "")
}

func reply(w http.ResponseWriter, status int, result any, code int, message string) {
	envelope := map[string]any{"success": status == 200, "result": result, "errors": []any{}, "messages": []any{}}
	if status != 200 {
		envelope["errors"] = []any{map[string]any{"code": code, "message": message}}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(envelope)
}

// asked gives the requests since it was last called.
func (c *cloud) asked() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	asked := c.requests
	c.requests = nil
	return asked
}

// stage is a provider in a project's folder, with a cloud of its own.
type stage struct {
	integration.Server
	*cloud
	t    *testing.T
	root string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{cloud: &cloud{db: migratetest.New(t)}, t: t, root: t.TempDir()}
	api := httptest.NewTLSServer(s.cloud)
	t.Cleanup(api.Close)
	s.Server = s.serve(strings.TrimPrefix(api.URL, "https://"), account.Staging.Token, api.Client())
	return s
}

// serve starts a provider that is configured for a host and a token.
func (s *stage) serve(host, token string, client *http.Client) integration.Server {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s.t.Cleanup(cancel)
	provider, err := New(World{
		Root: s.root, API: client,
		Getenv: func(name string) string { return map[string]string{"CLOUDFLARE_API_TOKEN": token}[name] },
		Now:    func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) },
	})
	require.NoError(s.t, err)
	server, err := integration.NewServer(ctx, Name, semver.MustParse(Version), integration.WithProvider(provider))
	require.NoError(s.t, err)
	config := properties(map[string]any{"apiHostname": host})
	require.NoError(s.t, server.Configure(p.ConfigureRequest{Args: config}))
	return wire{server}
}

// write puts a migration into the project's folder.
func (s *stage) write(name, sql string) {
	s.t.Helper()
	require.NoError(s.t, os.WriteFile(filepath.Join(s.root, name), []byte(sql), 0o600))
}

// files declares migrations that were written.
func (s *stage) files(names ...string) property.Value {
	s.t.Helper()
	var files []property.Value
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(s.root, name))
		require.NoError(s.t, err)
		sum := sha256.Sum256(text)
		files = append(files, property.New(map[string]property.Value{
			"name": property.New(name), "sha256": property.New(hex.EncodeToString(sum[:])),
			"sql": property.New(&asset.Asset{Sig: asset.AssetSig, Path: name}),
		}))
	}
	return property.New(files)
}

func properties(values map[string]any) property.Map {
	out := map[string]property.Value{}
	for name, value := range values {
		switch v := value.(type) {
		case property.Value:
			out[name] = v
		case string:
			out[name] = property.New(v)
		case int:
			out[name] = property.New(float64(v))
		default:
			panic(fmt.Sprintf("%s: %T", name, v))
		}
	}
	return property.NewMap(out)
}

func urn(kind string) presource.URN {
	return presource.NewURN("staging", "crane", "", tokens.Type("crane:index:"+kind), "it")
}

// refused checks inputs and gives the reasons against them.
func (s *stage) refused(kind string, inputs property.Map) string {
	s.t.Helper()
	checked, err := s.Check(p.CheckRequest{Urn: urn(kind), Inputs: inputs})
	require.NoError(s.t, err)
	var reasons []string
	for _, f := range checked.Failures {
		reasons = append(reasons, f.Property+": "+f.Reason)
	}
	return strings.Join(reasons, "\n")
}

// checked gives inputs as Pulumi would pass them on.
func (s *stage) checked(kind string, inputs property.Map) property.Map {
	s.t.Helper()
	checked, err := s.Check(p.CheckRequest{Urn: urn(kind), Inputs: inputs})
	require.NoError(s.t, err)
	require.Empty(s.t, checked.Failures)
	return checked.Inputs
}

// created makes a resource.
func (s *stage) created(kind string, inputs property.Map) p.CreateResponse {
	s.t.Helper()
	created, err := s.Create(p.CreateRequest{Urn: urn(kind), Properties: s.checked(kind, inputs)})
	require.NoError(s.t, err)
	return created
}

// diff compares a resource with new inputs and makes sure that nothing is sent.
func (s *stage) diff(kind string, state p.CreateResponse, inputs property.Map) (p.DiffResponse, error) {
	s.t.Helper()
	s.asked()
	diff, err := s.Diff(p.DiffRequest{ID: state.ID, Urn: urn(kind), State: state.Properties, Inputs: s.checked(kind, inputs)})
	require.Empty(s.t, s.asked())
	return diff, err
}
