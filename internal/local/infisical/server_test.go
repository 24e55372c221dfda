package infisical_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/local/infisical"
	"crane/stacks"
)

// site is a running stand-in whose clock the test moves.
type site struct {
	t     *testing.T
	url   string
	store *infisical.Store
	now   atomic.Pointer[time.Time]
}

func start(t *testing.T) *site {
	t.Helper()
	store, _ := open(t)
	s := &site{t: t, store: store}
	s.advance(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	server := httptest.NewServer(infisical.New(infisical.Config{
		Store: store, TTL: time.Minute, Clock: func() time.Time { return *s.now.Load() },
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *site) advance(to time.Time) { s.now.Store(&to) }

func (s *site) do(method, path, token, body string) (int, map[string]any) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	require.NoError(s.t, err)
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

func (s *site) login(id infisical.Identity) string {
	s.t.Helper()
	status, body := s.do("POST", "/api/v1/auth/universal-auth/login", "",
		`{"clientId":"`+id.ClientID+`","clientSecret":"`+id.ClientSecret+`"}`)
	require.Equal(s.t, 200, status)
	require.Equal(s.t, "Bearer", body["tokenType"])
	require.EqualValues(s.t, 60, body["expiresIn"])
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
	token := s.login(infisical.Production)
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
		require.Equal(t, tc.message, body["message"], tc.what)
		require.EqualValues(t, tc.status, body["statusCode"], tc.what)
	}
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	s := start(t)
	born := *s.now.Load()
	token, other := s.login(infisical.Staging), s.login(infisical.Staging)
	require.NotEqual(t, token, other)

	s.advance(born.Add(40 * time.Second))
	status, _ := s.do("POST", "/api/v1/auth/token/renew", "", `{"accessToken":"`+token+`"}`)
	require.Equal(t, 200, status)
	s.advance(born.Add(70 * time.Second))
	status, _ = s.do("GET", v3, token, "")
	require.Equal(t, 200, status, "renewed")
	status, _ = s.do("GET", v3, other, "")
	require.Equal(t, 401, status, "ended")
	status, _ = s.do("POST", "/api/v1/auth/token/renew", "", `{"accessToken":"`+other+`"}`)
	require.Equal(t, 401, status, "too late to renew")

	status, _ = s.do("POST", "/api/v1/auth/token/revoke", token, `{"accessToken":"`+token+`"}`)
	require.Equal(t, 200, status)
	status, _ = s.do("GET", v3, token, "")
	require.Equal(t, 401, status, "revoked")
}
