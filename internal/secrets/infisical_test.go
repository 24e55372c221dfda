package secrets_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/idtoken"
	"crane/internal/local/infisical"
	"crane/internal/local/issuer"
	"crane/internal/redact"
	"crane/internal/secrets"
	"crane/stacks"
)

// site is the stand-in, and the issuer it trusts, with a record of what it was
// asked.
type site struct {
	url      string
	store    *infisical.Store
	mu       sync.Mutex
	requests []string
	// token and jwt are the last that were sent.
	token, jwt string
}

func start(t *testing.T, identities ...infisical.Identity) *site {
	t.Helper()
	dir := t.TempDir()
	store, err := infisical.Open(dir, stacks.Default())
	require.NoError(t, err)
	tokens, err := issuer.Open(dir)
	require.NoError(t, err)
	s := &site{store: store}
	mux := http.NewServeMux()
	server := httptest.NewServer(s.recording(mux))
	t.Cleanup(server.Close)
	s.url = server.URL
	mux.Handle(issuer.Prefix+"/", tokens.Handler(s.url+issuer.Prefix))
	mux.Handle("/", infisical.New(infisical.Config{
		Store: store, Identities: identities, Trust: tokens.Trust(s.url + issuer.Prefix),
		Imports: map[stacks.Scope][]stacks.Scope{stacks.Staging.Secrets: {{Environment: "dev", Path: "/shared"}}},
	}))
	require.NoError(t, store.Set(stacks.Scope{Environment: "dev", Path: "/shared"}, "IMPORTED", "from-elsewhere"))
	return s
}

func (s *site) recording(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+strings.TrimPrefix(r.URL.RequestURI(), "/api"))
		s.token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		body, _ := io.ReadAll(r.Body)
		var login struct{ JWT string }
		if json.Unmarshal(body, &login) == nil && login.JWT != "" {
			s.jwt = login.JWT
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

func (s *site) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// declared is staging's declaration.
func (s *site) declared() secrets.Declared {
	return secrets.Declared{Site: s.url, Project: infisical.Project, Client: infisical.Staging.Universal.ClientID}
}

// workflow is production's declaration.
func (s *site) workflow() secrets.Declared {
	return secrets.Declared{Site: s.url, Project: infisical.Project, Identity: infisical.Production.ID}
}

// job are the variables of a job with the given claims.
func (s *site) job(t *testing.T, claims issuer.Claims) []string {
	t.Helper()
	job, err := issuer.StartJob(t.Context(), http.DefaultClient, s.url+issuer.Prefix, claims)
	require.NoError(t, err)
	return []string{idtoken.URLVariable + "=" + job.URL, idtoken.TokenVariable + "=" + job.Token}
}

func clientSecret() string {
	return "CRANE_INFISICAL_CLIENT_SECRET=" + infisical.Staging.Universal.ClientSecret
}

func fetch(t *testing.T, d secrets.Declared, scope stacks.Scope, environ ...string) (map[string]string, *redact.Redactor, error) {
	t.Helper()
	r := &redact.Redactor{}
	source, err := d.Open(secrets.Outside{Environ: environ, Redactor: r})
	if err != nil {
		return nil, r, err
	}
	got, err := source.Fetch(t.Context(), scope, nil)
	return got, r, err
}

const listing = "GET /v3/secrets/raw?environment=dev&expandSecretReferences=false&include_imports=false" +
	"&recursive=false&secretPath=%2Falpha%2Fstaging&workspaceId=local&workspaceSlug="

func TestFetch(t *testing.T) {
	t.Parallel()
	s := start(t)
	require.NoError(t, s.store.Set(stacks.Staging.Secrets, "REFERENCE", "${ADMIN_KEY}"))
	got, r, err := fetch(t, s.declared(), stacks.Staging.Secrets, clientSecret())
	require.NoError(t, err)
	names, err := s.store.Names(stacks.Staging.Secrets)
	require.NoError(t, err)
	require.Len(t, got, len(names), "nothing that is imported")
	for _, name := range names {
		want, err := s.store.Get(stacks.Staging.Secrets, name)
		require.NoError(t, err)
		require.Equal(t, want, got[name])
		require.Equal(t, "[secret]", r.String(want))
	}
	require.Equal(t, "[secret]", r.String(infisical.Staging.Universal.ClientSecret))
	require.Equal(t, "[secret]", r.String(s.token))
	require.Equal(t, []string{"POST /v1/auth/universal-auth/login", listing}, s.asked())
	require.Empty(t, os.Getenv("ADMIN_KEY"))
}

func TestFetchAsAJob(t *testing.T) {
	t.Parallel()
	s := start(t)
	got, r, err := fetch(t, s.workflow(), stacks.Production.Secrets, s.job(t, issuer.Promotion("c0ffee"))...)
	require.NoError(t, err)
	require.Equal(t, "[secret] [secret]", r.String(s.token+" "+s.jwt))
	want, err := s.store.Get(stacks.Production.Secrets, "ADMIN_KEY")
	require.NoError(t, err)
	require.Equal(t, want, got["ADMIN_KEY"])
	require.Contains(t, s.asked()[1], "&audience=crane%3Ainfisical")
	require.Equal(t, "POST /v1/auth/oidc-auth/login", s.asked()[2])
}

// TestOnlyThatJob: a job of another workflow, branch or event gets a token of
// the issuer, and nothing for it.
func TestOnlyThatJob(t *testing.T) {
	t.Parallel()
	for what, claims := range map[string]issuer.Claims{
		"another workflow": issuer.Deployment("c0ffee"),
		"a branch":         with("ref", "refs/heads/feature"),
		"a pull request":   with("event_name", "pull_request_target"),
		"a fork":           with("repository_id", "66"),
	} {
		s := start(t)
		got, _, err := fetch(t, s.workflow(), stacks.Production.Secrets, s.job(t, claims)...)
		require.Nil(t, got, what)
		require.ErrorIs(t, err, secrets.ErrDenied, what)
		require.ErrorContains(t, err, "reading environment prod, path /alpha of infisical project local at "+s.url+": HTTP 401 ", what)
		require.Len(t, s.asked(), 3, "nothing was listed")
	}
}

func with(name string, value any) issuer.Claims {
	c := issuer.Promotion("c0ffee")
	c[name] = value
	return c
}

// It sets the process's environment, which the SDK reads, so nothing else may
// run beside it.
func TestTheEnvironmentDoesNotChooseTheIdentity(t *testing.T) {
	reader := infisical.Identity{Name: "evil", ID: "evil", Environment: "dev", TTL: time.Minute, MaxTTL: time.Minute,
		Universal: &infisical.Universal{ClientID: "evil", ClientSecret: "evil-secret"}, OIDC: &infisical.OIDC{}}
	s := start(t, infisical.Staging, infisical.Production, reader)
	for name, value := range map[string]string{
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID": "evil", "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET": "evil-secret",
		"INFISICAL_OIDC_AUTH_IDENTITY_ID": "evil", "INFISICAL_TOKEN": "evil", "INFISICAL_SITE_URL": "http://127.0.0.1:1",
		"INFISICAL_API_URL": "http://127.0.0.1:1", "INFISICAL_PROJECT_ID": "evil",
	} {
		t.Setenv(name, value)
	}
	poisoned := os.Environ()

	_, _, err := fetch(t, s.declared(), stacks.Staging.Secrets, append(poisoned, clientSecret())...)
	require.NoError(t, err, "the declared identity is the one used")
	_, _, err = fetch(t, s.workflow(), stacks.Staging.Secrets, append(poisoned, s.job(t, issuer.Promotion(""))...)...)
	require.ErrorIs(t, err, secrets.ErrDenied, "the evil identity could read it, the declared one may not")
	require.ErrorContains(t, err, "HTTP 403")

	before := len(s.asked())
	_, _, err = fetch(t, s.declared(), stacks.Staging.Secrets, poisoned...)
	require.EqualError(t, err, "the source of secrets is not configured: CRANE_INFISICAL_CLIENT_SECRET is not set; no request was made")
	_, _, err = fetch(t, s.workflow(), stacks.Staging.Secrets, poisoned...)
	require.ErrorIs(t, err, idtoken.ErrNoJob)
	t.Setenv("INFISICAL_AUTH_ORGANIZATION_SLUG", "elsewhere")
	_, _, err = fetch(t, s.declared(), stacks.Staging.Secrets, append(os.Environ(), clientSecret())...)
	require.ErrorIs(t, err, secrets.ErrConfig)
	require.EqualError(t, err, "the source of secrets is not configured: INFISICAL_AUTH_ORGANIZATION_SLUG would choose the organization; no request was made")
	require.Equal(t, "unset INFISICAL_AUTH_ORGANIZATION_SLUG", hint.Of(err))
	require.Len(t, s.asked(), before)
}

func TestDeclarationsThatAreRefused(t *testing.T) {
	t.Parallel()
	whole := func(change func(*secrets.Declared)) secrets.Declared {
		d := secrets.Declared{Site: "https://infisical.example", Project: "p", Client: "c"}
		change(&d)
		return d
	}
	for _, tc := range []struct {
		declared secrets.Declared
		says     string
	}{
		{secrets.Declared{}, "crane:infisical is missing; crane:infisicalProject is missing; one of crane:infisicalClient and crane:infisicalIdentity is missing"},
		{whole(func(d *secrets.Declared) { d.Source = "vault" }), `crane:secrets is "vault", not infisical, environment or placeholder`},
		{whole(func(d *secrets.Declared) { d.Identity = "i" }), "crane:infisicalClient and crane:infisicalIdentity are both set, and one identity reads a stack's secrets"},
		{whole(func(d *secrets.Declared) { d.Site = "http://infisical.example" }), `crane:infisical is "http://infisical.example", and only this machine is asked without https`},
		{whole(func(d *secrets.Declared) { d.Site = "http://infisical.localhost:1" }), `crane:infisical is "http://infisical.localhost:1", and only this machine is asked without https`},
		{whole(func(d *secrets.Declared) { d.Site = "ftp://127.0.0.1" }), `crane:infisical is "ftp://127.0.0.1", and only this machine is asked without https`},
		{whole(func(d *secrets.Declared) { d.Site = "localhost:7703" }), "crane:infisical is not an address such as https://eu.infisical.com"},
		{whole(func(d *secrets.Declared) { d.Site = "https://me:pw@infisical.example" }), "crane:infisical is not an address such as https://eu.infisical.com"},
	} {
		source, err := tc.declared.Open(secrets.Outside{Environ: []string{clientSecret()}})
		require.Nil(t, source)
		require.ErrorIs(t, err, secrets.ErrConfig)
		require.EqualError(t, err, "the source of secrets is not configured: "+tc.says+"; no request was made")
		require.NotEmpty(t, hint.Of(err))
	}
}

// TestTokensThatLiveTooLong: whatever lives longer than is declared, also by
// being renewed, is given back before anything is read with it.
func TestTokensThatLiveTooLong(t *testing.T) {
	t.Parallel()
	for what, tc := range map[string]struct {
		ttl, max time.Duration
		says     string
	}{
		"Infisical's defaults": {0, 0, "identity local-staging may live for 720h0m0s at "},
		"renewable":            {time.Minute, time.Hour, "identity local-staging may live for 1h0m0s at "},
		"a second too long":    {stacks.TokenLife + time.Second, stacks.TokenLife + time.Second, "identity local-staging may live for 15m1s at "},
	} {
		identity := infisical.Staging
		identity.TTL, identity.MaxTTL = tc.ttl, tc.max
		s := start(t, identity)
		got, _, err := fetch(t, s.declared(), stacks.Staging.Secrets, clientSecret())
		require.Nil(t, got, what)
		require.ErrorIs(t, err, secrets.ErrLife, what)
		require.ErrorContains(t, err, tc.says+s.url+", and the limit is 15m0s; no secret was read, and the token was given back", what)
		require.Equal(t, "set access token TTL and max TTL of the identity to 900 seconds", hint.Of(err))
		require.Equal(t, []string{"POST /v1/auth/universal-auth/login", "POST /v1/auth/token/revoke"}, s.asked(), what)
	}
}

func TestFetchRefusals(t *testing.T) {
	t.Parallel()
	listOnly := infisical.Staging
	listOnly.ListOnly = true
	s := start(t)
	project := s.declared()
	project.Project = "else"
	nobody := s.declared()
	nobody.Site = "http://127.0.0.1:1"
	staging, elsewhere := stacks.Staging.Secrets, stacks.Scope{Environment: "dev", Path: "/none"}
	wrong := "CRANE_INFISICAL_CLIENT_SECRET=not-the-secret"
	for _, tc := range []struct {
		what     string
		declared secrets.Declared
		environ  string
		scope    stacks.Scope
		kind     error
		says     string
		hint     string
	}{
		{"wrong secret", s.declared(), wrong, staging, secrets.ErrDenied, "HTTP 401 Invalid credentials", "check identity local-staging and what it logs in with, and that it may read environment dev, path /alpha/staging"},
		{"other environment", s.declared(), clientSecret(), stacks.Production.Secrets, secrets.ErrDenied, "HTTP 403 You are not allowed", "check identity local-staging and what it logs in with, and that it may read environment prod, path /alpha"},
		{"other project", project, clientSecret(), staging, secrets.ErrNotFound, "HTTP 404 Project with ID 'else' not found", "check the project id, or create path /alpha/staging in environment dev"},
		{"other path", s.declared(), clientSecret(), elsewhere, secrets.ErrNotFound, "HTTP 404 Folder with path '/none'", "check the project id, or create path /none in environment dev"},
		{"nobody there", nobody, clientSecret(), staging, secrets.ErrUnavailable, "connection refused", "crane local start"},
		{"hidden", start(t, listOnly).declared(), clientSecret(), staging, secrets.ErrHidden, "ADMIN_KEY, CONTEXT_KEY, CRANE_FINGERPRINT_KEY, GH_WEBHOOK_SECRET can be listed but not read", "give the identity a role that may read values in that environment"},
	} {
		got, _, err := fetch(t, tc.declared, tc.scope, tc.environ)
		require.Nil(t, got, tc.what)
		require.ErrorIs(t, err, tc.kind, tc.what)
		require.ErrorContains(t, err, tc.says, tc.what)
		require.ErrorContains(t, err, "environment "+tc.scope.Environment+", path "+tc.scope.Path+" of infisical project", tc.what)
		require.Equal(t, tc.hint, hint.Of(err), tc.what)
		require.NotContains(t, err.Error(), "not-the-secret", tc.what)
	}
}

// answers is a server with the given answers to a login and to a listing.
func answers(t *testing.T, login, list http.HandlerFunc) secrets.Declared {
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
	return secrets.Declared{Site: server.URL, Project: infisical.Project, Client: "c"}
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(map[string]any{"statusCode": code, "message": "in its words"})
	}
}

// redirect would have the client send its request, and what is secret in it,
// to somebody else.
func redirect(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "http://127.0.0.1:1/elsewhere", http.StatusTemporaryRedirect)
}

func TestStrangeAnswers(t *testing.T) {
	t.Parallel()
	const token = `{"accessToken":"the-token","expiresIn":60,"accessTokenMaxTTL":60}`
	for _, tc := range []struct {
		what        string
		login, list http.HandlerFunc
		kind        error
		says        string
	}{
		{"broken server", text(token), status(500), secrets.ErrUnavailable, "HTTP 500 in its words"},
		{"broken login", status(503), nil, secrets.ErrUnavailable, "HTTP 503 in its words"},
		{"too many logins", status(429), nil, secrets.ErrLimited, "HTTP 429 in its words"},
		{"too many listings", text(token), status(429), secrets.ErrLimited, "HTTP 429 in its words"},
		{"no token", text(`{}`), nil, secrets.ErrUnavailable, "answered without a token"},
		{"endless", text(`{"accessToken":"the-token"}`), text(`{}`), secrets.ErrLife, "may live for ever"},
		{"no JSON", text(token), text(`<html>`), secrets.ErrUnavailable, "invalid character"},
		{"hidden", text(token), text(`{"secrets":[{"secretKey":"A","secretValue":"<hidden-by-infisical>","secretValueHidden":true}]}`),
			secrets.ErrHidden, "A can be listed but not read, in environment dev, path /alpha/staging"},
		{"hidden behind another mask", text(token), text(`{"secrets":[{"secretKey":"A","secretValue":"******","secretValueHidden":true},{"secretKey":"B","secretValue":"","secretValueHidden":true}]}`),
			secrets.ErrHidden, "A, B can be listed but not read"},
		{"redirected login", redirect, nil, secrets.ErrUnavailable, "it redirects elsewhere (HTTP 307), and that is not followed"},
		{"redirected list", text(token), redirect, secrets.ErrUnavailable, "it redirects elsewhere (HTTP 307), and that is not followed"},
	} {
		got, r, err := fetch(t, answers(t, tc.login, tc.list), stacks.Staging.Secrets, clientSecret())
		require.Nil(t, got, tc.what)
		require.ErrorIs(t, err, tc.kind, tc.what)
		require.ErrorContains(t, err, tc.says, tc.what)
		require.NotEmpty(t, hint.Of(err), tc.what)
		require.NotContains(t, r.String(err.Error()), "the-token", tc.what)
	}
}

// TestATokenThatCannotBeGivenBack is said to be good still.
func TestATokenThatCannotBeGivenBack(t *testing.T) {
	t.Parallel()
	declared := answers(t, text(`{"accessToken":"the-token","expiresIn":9000,"accessTokenMaxTTL":9000}`), status(500))
	_, _, err := fetch(t, declared, stacks.Staging.Secrets, clientSecret())
	require.ErrorIs(t, err, secrets.ErrLife)
	require.ErrorContains(t, err, "no secret was read, but the token is still good, because giving it back failed: ")
	require.NotContains(t, err.Error(), "the token was given back")
}

// TestAnIdentityThatIsNotThere is not a path that is not there.
func TestAnIdentityThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := start(t)
	declared := s.workflow()
	declared.Identity = "nobody"
	_, _, err := fetch(t, declared, stacks.Production.Secrets, s.job(t, issuer.Promotion(""))...)
	require.ErrorIs(t, err, secrets.ErrDenied)
	require.ErrorContains(t, err, "HTTP 404 ")
	require.Equal(t, "check identity nobody and what it logs in with, and that it may read environment prod, path /alpha", hint.Of(err))
}

func TestFetchEndsWithItsContext(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	declared := answers(t, func(http.ResponseWriter, *http.Request) { <-hold }, nil)
	t.Cleanup(func() { close(hold) })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	source, err := declared.Open(secrets.Outside{Environ: []string{clientSecret()}, Redactor: &redact.Redactor{}})
	require.NoError(t, err)
	got, err := source.Fetch(ctx, stacks.Staging.Secrets, nil)
	require.Nil(t, got)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "reading secrets from environment dev, path /alpha/staging of infisical project local at http://127.0.0.1:")
}
