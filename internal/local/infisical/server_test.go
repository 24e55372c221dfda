package infisical_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/local/infisical"
	"crane/internal/local/issuer"
	"crane/stacks"
)

var birth = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// site is a running stand-in, with the issuer that it trusts, whose clock the
// test moves.
type site struct {
	t      *testing.T
	url    string
	store  *infisical.Store
	issuer *issuer.Issuer
	now    atomic.Pointer[time.Time]
}

// start runs it with the identities there are.
func start(t *testing.T) *site { return startWith(t, infisical.Config{}) }

func startWith(t *testing.T, c infisical.Config) *site {
	t.Helper()
	store, file := open(t)
	tokens, err := issuer.Open(filepath.Dir(file))
	require.NoError(t, err)
	s := &site{t: t, store: store, issuer: tokens}
	s.advance(birth)
	tokens.Clock = func() time.Time { return *s.now.Load() }
	server := httptest.NewUnstartedServer(nil)
	s.url = "http://" + server.Listener.Addr().String()
	c.Store, c.Clock, c.Trust = store, tokens.Clock, tokens.Trust(s.url+issuer.Prefix)
	mux := http.NewServeMux()
	mux.Handle(issuer.Prefix+"/", tokens.Handler(s.url+issuer.Prefix))
	mux.Handle("/", infisical.New(c))
	server.Config.Handler = mux
	server.Start()
	t.Cleanup(server.Close)
	return s
}

func (s *site) advance(to time.Time) { s.now.Store(&to) }

func (s *site) do(method, path, token, body string) (int, map[string]any) {
	s.t.Helper()
	return s.send(method, path, "application/json", token, body)
}

func (s *site) send(method, path, kind, token, body string) (int, map[string]any) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", kind)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	var answer map[string]any
	require.NoError(s.t, json.Unmarshal(text, &answer), string(text))
	return res.StatusCode, answer
}

// login logs an identity in with its client secret.
func (s *site) login(id infisical.Identity) string {
	s.t.Helper()
	status, body := s.do("POST", "/api/v1/auth/universal-auth/login", "",
		`{"clientId":"`+id.Universal.ClientID+`","clientSecret":"`+id.Universal.ClientSecret+`"}`)
	require.Equal(s.t, 200, status)
	return body["accessToken"].(string)
}

// job is a token of a job with these claims, for this audience.
func (s *site) job(claims issuer.Claims, audience string) string {
	s.t.Helper()
	job, err := issuer.StartJob(s.t.Context(), http.DefaultClient, s.url+issuer.Prefix, claims)
	require.NoError(s.t, err)
	status, body := s.do("GET", strings.TrimPrefix(job.URL, s.url)+"&audience="+url.QueryEscape(audience), job.Token, "")
	require.Equal(s.t, 200, status)
	return body["value"].(string)
}

// present brings somebody else's token to an identity.
func (s *site) present(id, token string) (int, map[string]any) {
	s.t.Helper()
	return s.do("POST", "/api/v1/auth/oidc-auth/login", "", `{"identityId":"`+id+`","jwt":"`+token+`"}`)
}

// promoted logs the production identity in as the job that promotes.
func (s *site) promoted() string {
	s.t.Helper()
	status, body := s.present("local-production", s.job(issuer.Promotion("sha"), stacks.SecretsAudience))
	require.Equal(s.t, 200, status, body)
	return body["accessToken"].(string)
}

const (
	v3 = "/api/v3/secrets/raw?workspaceId=local&environment=dev&secretPath=/alpha/staging"
	v4 = "/api/v4/secrets?projectId=local&environment=dev&secretPath=/alpha/staging"
)

func TestListsOneScope(t *testing.T) {
	t.Parallel()
	s := start(t)
	token := s.login(infisical.Staging)
	for _, path := range []string{v3, v4, v3 + "/"} {
		status, body := s.do("GET", path, token, "")
		require.Equal(t, 200, status)
		require.Empty(t, body["imports"])
		secrets := body["secrets"].([]any)
		require.Len(t, secrets, 3)
		own := secrets[1].(map[string]any)
		require.Equal(t, "OWN", own["secretKey"])
		require.Equal(t, get(t, s.store, stacks.Staging.Secrets, "OWN"), own["secretValue"])
		require.Equal(t, "/alpha/staging", own["secretPath"])
		require.Equal(t, false, own["secretValueHidden"])
	}
}

func TestAnswersOneSecret(t *testing.T) {
	t.Parallel()
	s := start(t)
	token := s.promoted()
	const query = "?workspaceId=local&environment=prod&secretPath=/alpha"
	status, body := s.do("GET", "/api/v3/secrets/raw/OWN"+query, token, "")
	require.Equal(t, 200, status)
	require.Equal(t, get(t, s.store, stacks.Production.Secrets, "OWN"), body["secret"].(map[string]any)["secretValue"])

	status, body = s.do("GET", "/api/v3/secrets/raw/OWN"+query+"&viewSecretValue=false", token, "")
	require.Equal(t, 200, status)
	require.Equal(t, true, body["secret"].(map[string]any)["secretValueHidden"])
	require.Equal(t, "<hidden-by-infisical>", body["secret"].(map[string]any)["secretValue"])

	status, _ = s.do("GET", "/api/v3/secrets/raw/NONE"+query, token, "")
	require.Equal(t, 404, status)
}

func TestAValueSetIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	token := s.login(infisical.Staging)
	require.NoError(t, s.store.Set(stacks.Staging.Secrets, "ADDED", "new"))
	_, body := s.do("GET", v3, token, "")
	require.Equal(t, "ADDED", body["secrets"].([]any)[0].(map[string]any)["secretKey"])
}

// requireRefused wants the real server's shape, and no token in it.
func requireRefused(t *testing.T, status int, message string, body map[string]any) {
	t.Helper()
	require.Equal(t, message, body["message"])
	require.EqualValues(t, status, body["statusCode"])
	require.NotEmpty(t, body["error"])
	require.NotEmpty(t, body["reqId"])
	require.Len(t, body, 4)
}

func TestServerRefusals(t *testing.T) {
	t.Parallel()
	s := start(t)
	token := s.login(infisical.Staging)
	for _, tc := range []struct {
		what, method, path, token, body string
		status                          int
		message                         string
	}{
		{"wrong secret", "POST", "/api/v1/auth/universal-auth/login", "", `{"clientId":"local-staging","clientSecret":"x"}`, 401, "Invalid credentials"},
		{"no secret", "POST", "/api/v1/auth/universal-auth/login", "", `{"clientId":"local-staging"}`, 401, "Invalid credentials"},
		{"no such identity", "POST", "/api/v1/auth/universal-auth/login", "", `{"clientId":"local-production","clientSecret":""}`, 401, "Invalid credentials"},
		{"nobody", "POST", "/api/v1/auth/universal-auth/login", "", `{}`, 401, "Invalid credentials"},
		{"not text", "POST", "/api/v1/auth/universal-auth/login", "", `{"clientId":"local-staging","clientSecret":["local-staging-client-secret"]}`, 401, "Invalid credentials"},
		{"too long", "POST", "/api/v1/auth/universal-auth/login", "", `{"clientId":"` + strings.Repeat("x", 1<<15) + `"}`, 422, "Body is not the JSON expected"},
		{"no JSON", "POST", "/api/v1/auth/universal-auth/login", "", `nonsense`, 422, "Body is not the JSON expected"},
		{"no token", "GET", v3, "", "", 401, "Token missing, invalid or expired"},
		{"unknown token", "GET", v3, "local-1", "", 401, "Token missing, invalid or expired"},
		{"other environment", "GET", "/api/v3/secrets/raw?workspaceId=local&environment=prod&secretPath=/alpha", token, "", 403, "You are not allowed to read secrets in environment 'prod'"},
		{"other project", "GET", "/api/v3/secrets/raw?workspaceId=else&environment=dev", token, "", 404, "Project with ID 'else' not found"},
		{"other path", "GET", "/api/v3/secrets/raw?workspaceId=local&environment=dev", token, "", 404, "Folder with path '/' in environment with slug 'dev' not found"},
		{"recursive", "GET", v3 + "&recursive=true", token, "", 400, "The local stand-in reads one folder at a time: recursive must be false"},
		{"unknown route", "GET", "/api/v9/secrets", token, "", 404, "Route GET:/api/v9/secrets not found"},
	} {
		status, body := s.do(tc.method, tc.path, tc.token, tc.body)
		require.Equal(t, tc.status, status, tc.what)
		requireRefused(t, tc.status, tc.message, body)
	}
}
