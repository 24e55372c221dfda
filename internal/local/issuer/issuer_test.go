package issuer

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/require"

	"crane/internal/hint"
)

const sha = "0123456789abcdef0123456789abcdef01234567"

var birth = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

// site is a running issuer whose clock the test moves.
type site struct {
	*Issuer
	t   *testing.T
	url string
	at  atomic.Pointer[time.Time]
}

func newSite(t *testing.T) *site {
	t.Helper()
	opened, err := Open(t.TempDir())
	require.NoError(t, err)
	s := &site{Issuer: opened, t: t}
	s.advance(birth)
	opened.Clock = func() time.Time { return *s.at.Load() }
	server := httptest.NewUnstartedServer(nil)
	s.url = "http://" + server.Listener.Addr().String() + Prefix
	server.Config.Handler = s.Handler(s.url)
	server.Start()
	t.Cleanup(server.Close)
	return s
}

func (s *site) advance(to time.Time) { s.at.Store(&to) }

func (s *site) job(claims Claims) Job {
	s.t.Helper()
	job, err := StartJob(s.t.Context(), http.DefaultClient, s.url, claims)
	require.NoError(s.t, err)
	return job
}

func (s *site) do(method, url, authorization, body string) (int, map[string]any) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, url, strings.NewReader(body))
	require.NoError(s.t, err)
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(s.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	require.Equal(s.t, "no-store", response.Header.Get("Cache-Control"))
	answer := map[string]any{}
	require.NoError(s.t, json.Unmarshal(text, &answer), string(text))
	return response.StatusCode, answer
}

// token asks as a step of a job does.
func (s *site) token(job Job, audience string) string {
	s.t.Helper()
	status, answer := s.do("GET", job.URL+audience, "bearer "+job.Token, "")
	require.Equal(s.t, 200, status, answer)
	require.EqualValues(s.t, len(answer["value"].(string)), answer["count"])
	require.Len(s.t, answer, 2)
	return answer["value"].(string)
}

// verify is an independent client, which knows no more than the address.
func (s *site) verify(raw, audience string) (*oidc.IDToken, error) {
	s.t.Helper()
	provider, err := oidc.NewProvider(s.t.Context(), s.url)
	require.NoError(s.t, err)
	return provider.Verifier(&oidc.Config{ClientID: audience, Now: s.now}).Verify(s.t.Context(), raw)
}

// TestAnIndependentClientBelievesIt finds the keys by discovery.
func TestAnIndependentClientBelievesIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	job := s.job(Promotion(sha))
	require.Equal(t, s.url+"/token?api-version=2.0", job.URL)
	token, err := s.verify(s.token(job, "&audience=crane%3Ainfisical"), "crane:infisical")
	require.NoError(t, err)
	require.Equal(t, s.url, token.Issuer)
	require.Equal(t, birth, token.IssuedAt.UTC())
	require.Equal(t, birth.Add(5*time.Minute), token.Expiry.UTC())
	require.Equal(t, "repo:local@1000001/crane@1000000001:environment:production", token.Subject)

	var all map[string]any
	require.NoError(t, token.Claims(&all))
	require.EqualValues(t, birth.Add(-5*time.Minute).Unix(), all["nbf"])
	require.Len(t, all["jti"], 36)
	for name, want := range Promotion(sha) {
		require.Equal(t, want, all[name], name)
	}
	require.Len(t, all, len(Promotion(sha))+len(own))
}

func TestTheTokensHeader(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	signed, err := jwtHeader(s.token(s.job(Promotion(sha)), ""))
	require.NoError(t, err)
	require.Equal(t, map[string]any{"alg": "RS256", "typ": "JWT", "kid": s.key.KeyID}, signed)
}

func TestAudiences(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	job := s.job(Promotion(sha))
	for asked, want := range map[string]string{"": "https://github.com/local", "&audience=": "https://github.com/local", "&audience=a%20b": "a b"} {
		raw := s.token(job, asked)
		_, err := s.verify(raw, want)
		require.NoError(t, err)
		_, err = s.verify(raw, "another")
		require.ErrorContains(t, err, "expected audience")
	}
}

func TestTokensDiffer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	job := s.job(Promotion(sha))
	require.NotEqual(t, s.token(job, ""), s.token(job, ""), "each has a jti of its own")
	require.NotEqual(t, job.Token, s.job(Promotion(sha)).Token)
	require.Equal(t, Promotion(sha), s.jobs.live[job.Token].claims, "a token's own claims are not the job's")
}

func TestWhatDoesNotVerify(t *testing.T) {
	t.Parallel()
	s, other := newSite(t), newSite(t)
	raw := s.token(s.job(Promotion(sha)), "&audience=a")
	parts := strings.Split(raw, ".")
	forged := other.token(other.job(Promotion(sha)), "&audience=a")
	_, err := s.verify(forged, "a")
	require.ErrorContains(t, err, "failed to verify")
	_, err = s.verify(parts[0]+"."+strings.Split(forged, ".")[1]+"."+parts[2], "a")
	require.ErrorContains(t, err, "failed to verify")
	s.advance(birth.Add(5*time.Minute + time.Second))
	_, err = s.verify(raw, "a")
	require.ErrorContains(t, err, "token is expired")
}

// TestTokenRefusals gives no token to anybody but a job that runs.
func TestTokenRefusals(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	job := s.job(Promotion(sha))
	refused := func(authorization string) {
		t.Helper()
		status, answer := s.do("GET", job.URL, authorization, "")
		require.Equal(t, 401, status)
		require.Equal(t, map[string]any{"message": "no job that runs has this credential"}, answer)
	}
	for _, wrong := range []string{"", "bearer", "bearer ", "bearer job-guessed", job.Token, "basic " + job.Token} {
		refused(wrong)
	}
	s.advance(birth.Add(JobLife - time.Second))
	for _, right := range []string{"bearer ", "Bearer "} {
		status, _ := s.do("GET", job.URL, right+job.Token, "")
		require.Equal(t, 200, status)
	}
	s.advance(birth.Add(JobLife))
	refused("bearer " + job.Token)
	require.Empty(t, s.jobs.live, "an ended job is forgotten")
}

// TestJobRefusals starts none.
func TestJobRefusals(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const notJSON = "the claims are not a JSON object of at most 65536 bytes"
	cases := map[string]string{
		``: notJSON, `null`: notJSON, `[]`: notJSON, `"sub"`: notJSON, `{`: notJSON,
		`{"sub":"` + strings.Repeat("x", maxBody) + `"}`: notJSON,
	}
	for _, name := range []string{"iss", "aud", "exp", "iat", "nbf", "jti"} {
		cases[`{"sub":"x","`+name+`":null}`] = "the claim " + name + " is the issuer's own"
	}
	for body, want := range cases {
		status, answer := s.do("POST", s.url+"/jobs", "", body)
		require.Equal(t, 400, status, want)
		require.Equal(t, map[string]any{"message": want}, answer)
	}
	require.Empty(t, s.jobs.live)
	for _, each := range []string{"DELETE /jobs", "GET /", "POST /token"} {
		method, path, _ := strings.Cut(each, " ")
		status, answer := s.do(method, s.url+path, "", "")
		require.Equal(t, 404, status, each)
		require.Equal(t, method+" "+Prefix+path+" is nothing the issuer does", answer["message"])
	}
}

func TestStartJobFails(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	odd := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	t.Cleanup(odd.Close)
	for _, tc := range []struct {
		url     string
		claims  Claims
		message string
		hint    string
	}{
		{"http://127.0.0.1:1/oidc", nil, "no job was started: http://127.0.0.1:1/oidc did not answer: dial tcp", "crane local start"},
		{s.url, Claims{"aud": "x"}, "no job was started: the claim aud is the issuer's own", "mend the claims"},
		{s.url, Claims{"x": func() {}}, "no job was started: json: unsupported type", "claims are what JSON can hold"},
		{s.url + "/no", Claims{}, "no job was started: the issuer answered POST /oidc/no/jobs is nothing the issuer does", "crane local stop, then crane local start"},
		{odd.URL, Claims{}, "no job was started: the issuer answered 200 OK", "crane local stop, then crane local start"},
	} {
		job, err := StartJob(t.Context(), http.DefaultClient, tc.url, tc.claims)
		require.ErrorIs(t, err, ErrStart)
		require.ErrorContains(t, err, tc.message)
		require.Equal(t, tc.hint, hint.Of(err))
		require.Zero(t, job)
	}
	require.Empty(t, s.jobs.live)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := StartJob(ended, http.DefaultClient, s.url, Promotion(sha))
	require.ErrorIs(t, err, context.Canceled)
}

// TestTheKeyIsKept makes it once, for its owner's eyes only, and publishes no
// more than its public half.
func TestTheKeyIsKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	first, err := Open(dir)
	require.NoError(t, err)
	file := filepath.Join(dir, FileName)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	before, err := os.ReadFile(file)
	require.NoError(t, err)

	second, err := Open(dir)
	require.NoError(t, err)
	require.Equal(t, first.key.KeyID, second.key.KeyID)
	require.True(t, first.key.Key.(*rsa.PrivateKey).Equal(second.key.Key))
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))

	published, err := json.Marshal(second.Trust("http://x").Keys)
	require.NoError(t, err)
	var keys struct{ Keys []map[string]any }
	require.NoError(t, json.Unmarshal(published, &keys))
	require.Equal(t, []string{"alg", "e", "kid", "kty", "n", "use"}, slices.Sorted(maps.Keys(keys.Keys[0])))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1)
}

func TestDamagedKeysAreKept(t *testing.T) {
	t.Parallel()
	good := newSite(t)
	public, err := json.Marshal(good.key.Public())
	require.NoError(t, err)
	for what, damaged := range map[string]string{
		"nothing": "", "no JSON": `{"kty":"RSA","d":"hush`, "public": string(public), "another kind": `{"kty":"oct","k":"aHVzaA","kid":"k","alg":"RS256"}`,
	} {
		file := filepath.Join(t.TempDir(), FileName)
		require.NoError(t, os.WriteFile(file, []byte(damaged), 0o600))
		_, err := Open(filepath.Dir(file))
		require.ErrorIs(t, err, ErrKey, what)
		require.EqualError(t, err, "local issuer: "+file+" is not a private key; it was left as it is")
		require.Equal(t, "delete the file to have a new key made", hint.Of(err))
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, damaged, string(text), what)
	}
}
