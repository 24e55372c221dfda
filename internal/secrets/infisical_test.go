package secrets_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/local/infisical"
	"crane/internal/secrets"
	"crane/stacks"
)

// site is the stand-in with a record of what it was asked.
type site struct {
	url      string
	store    *infisical.Store
	mu       sync.Mutex
	requests []string
	bodies   int
}

func start(t *testing.T) *site {
	t.Helper()
	store, err := infisical.Open(t.TempDir(), stacks.Default())
	require.NoError(t, err)
	s := &site{store: store}
	handler := infisical.New(infisical.Config{Store: store})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+r.URL.RequestURI())
		s.mu.Unlock()
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func config(url string) secrets.Config {
	return secrets.Config{
		SiteURL: url, ProjectID: infisical.Project,
		ClientID: infisical.Staging.ClientID, ClientSecret: infisical.Staging.ClientSecret,
	}
}

func source(t *testing.T, c secrets.Config) *secrets.Infisical {
	t.Helper()
	source, err := secrets.NewInfisical(c)
	require.NoError(t, err)
	return source
}

func TestFetch(t *testing.T) {
	t.Parallel()
	s := start(t)
	require.NoError(t, s.store.Set(stacks.Staging.Secrets, "REFERENCE", "${ADMIN_KEY}"))
	got, err := source(t, config(s.url)).Fetch(t.Context(), stacks.Staging.Secrets)
	require.NoError(t, err)
	names, err := s.store.Names(stacks.Staging.Secrets)
	require.NoError(t, err)
	require.Len(t, got, len(names))
	for _, name := range names {
		want, err := s.store.Get(stacks.Staging.Secrets, name)
		require.NoError(t, err)
		require.Equal(t, want, got[name])
	}
	require.Equal(t, []string{
		"POST /api/v1/auth/universal-auth/login",
		"GET /api/v3/secrets/raw?environment=dev&expandSecretReferences=false&include_imports=false" +
			"&recursive=false&secretPath=%2Falpha%2Fstaging&workspaceId=local&workspaceSlug=",
	}, s.requests)
	require.Empty(t, os.Getenv("ADMIN_KEY"))
}

// It sets the process's environment, so nothing else may run beside it.
func TestTheEnvironmentDoesNotChooseTheIdentity(t *testing.T) {
	s := start(t)
	t.Setenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_ID", infisical.Production.ClientID)
	t.Setenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", infisical.Production.ClientSecret)

	_, err := source(t, config(s.url)).Fetch(t.Context(), stacks.Staging.Secrets)
	require.NoError(t, err, "the declared identity is the one used")
	_, err = source(t, config(s.url)).Fetch(t.Context(), stacks.Production.Secrets)
	require.ErrorIs(t, err, secrets.ErrDenied)

	empty := config(s.url)
	empty.ClientID, empty.ClientSecret = "", " "
	_, err = secrets.NewInfisical(empty)
	require.ErrorIs(t, err, secrets.ErrConfig)

	t.Setenv("INFISICAL_AUTH_ORGANIZATION_SLUG", "elsewhere")
	s.requests = nil
	_, err = source(t, config(s.url)).Fetch(t.Context(), stacks.Staging.Secrets)
	require.ErrorIs(t, err, secrets.ErrConfig)
	require.EqualError(t, err, "infisical is not configured: INFISICAL_AUTH_ORGANIZATION_SLUG would choose the organization; no request was made")
	require.Equal(t, "unset INFISICAL_AUTH_ORGANIZATION_SLUG", hint.Of(err))
	require.Empty(t, s.requests)
}

func TestConfigRefusals(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		config  secrets.Config
		message string
	}{
		{secrets.Config{}, "no site URL, no project id, no client id, no client secret; no request was made"},
		{secrets.Config{SiteURL: "https://x", ProjectID: "p", ClientID: "i", ClientSecret: " "}, "no client secret; no request was made"},
		{config("http://infisical.example"), "the site URL http://infisical.example is not https; no request was made"},
		{config("ftp://127.0.0.1"), "the site URL ftp://127.0.0.1 is not https; no request was made"},
		{config("localhost:7703"), "the site URL is not an address such as https://eu.infisical.com; no request was made"},
		{config("https://me:pw@infisical.example"), "the site URL is not an address such as https://eu.infisical.com; no request was made"},
	} {
		source, err := secrets.NewInfisical(tc.config)
		require.Nil(t, source)
		require.ErrorIs(t, err, secrets.ErrConfig)
		require.EqualError(t, err, "infisical is not configured: "+tc.message)
		require.NotEmpty(t, hint.Of(err))
	}
}

func TestFetchRefusals(t *testing.T) {
	t.Parallel()
	s := start(t)
	wrong, project := config(s.url), config(s.url)
	wrong.ClientSecret = "not-the-secret"
	project.ProjectID = "else"
	staging, elsewhere := stacks.Staging.Secrets, stacks.Scope{Environment: "dev", Path: "/none"}
	for _, tc := range []struct {
		what   string
		config secrets.Config
		scope  stacks.Scope
		kind   error
		says   string
		hint   string
	}{
		{"wrong secret", wrong, staging, secrets.ErrDenied, "HTTP 401 Invalid credentials", "check the identity's client id and secret, and that it may read environment dev, path /alpha/staging"},
		{"other environment", config(s.url), stacks.Production.Secrets, secrets.ErrDenied, "HTTP 403 You are not allowed", "check the identity's client id and secret, and that it may read environment prod, path /alpha"},
		{"other project", project, staging, secrets.ErrNotFound, "HTTP 404 Project with ID 'else' not found", "check the project id, or create path /alpha/staging in environment dev"},
		{"other path", config(s.url), elsewhere, secrets.ErrNotFound, "HTTP 404 Folder with path '/none'", "check the project id, or create path /none in environment dev"},
		{"nobody there", config("http://127.0.0.1:1"), staging, secrets.ErrUnavailable, "connection refused", "crane local start"},
	} {
		got, err := source(t, tc.config).Fetch(t.Context(), tc.scope)
		require.Nil(t, got, tc.what)
		require.ErrorIs(t, err, tc.kind, tc.what)
		require.ErrorContains(t, err, tc.says, tc.what)
		require.ErrorContains(t, err, "environment "+tc.scope.Environment+", path "+tc.scope.Path+" of infisical project", tc.what)
		require.Equal(t, tc.hint, hint.Of(err), tc.what)
		require.NotContains(t, err.Error(), tc.config.ClientSecret, tc.what)
	}
}

// answers is a server with the given answers to a login and to a listing.
func answers(t *testing.T, login, list http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/login") {
			login(w, r)
			return
		}
		list(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func TestStrangeAnswers(t *testing.T) {
	t.Parallel()
	const token = `{"accessToken":"t","expiresIn":60}`
	for _, tc := range []struct {
		what        string
		login, list http.HandlerFunc
		kind        error
		says        string
	}{
		{"broken server", text(token), status(500), secrets.ErrUnavailable, "HTTP 500"},
		{"broken login", status(503), nil, secrets.ErrUnavailable, "HTTP 503"},
		{"no token", text(`{}`), nil, secrets.ErrUnavailable, "answered without a token"},
		{"no JSON", text(token), text(`<html>`), secrets.ErrUnavailable, "invalid character"},
		{"hidden", text(token), text(`{"secrets":[{"secretKey":"A","secretValue":"<hidden-by-infisical>","secretValueHidden":true}]}`),
			secrets.ErrHidden, "A in dev:/alpha/staging"},
	} {
		got, err := source(t, config(answers(t, tc.login, tc.list))).Fetch(t.Context(), stacks.Staging.Secrets)
		require.Nil(t, got, tc.what)
		require.ErrorIs(t, err, tc.kind, tc.what)
		require.ErrorContains(t, err, tc.says, tc.what)
		require.NotEmpty(t, hint.Of(err), tc.what)
	}
}

func TestFetchEndsWithItsContext(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	url := answers(t, func(http.ResponseWriter, *http.Request) { <-hold }, nil)
	t.Cleanup(func() { close(hold) })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	got, err := source(t, config(url)).Fetch(ctx, stacks.Staging.Secrets)
	require.Nil(t, got)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "reading secrets of dev:/alpha/staging from infisical project local at http://127.0.0.1:")
}
