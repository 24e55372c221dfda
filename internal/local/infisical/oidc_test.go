package infisical_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"

	"crane/internal/local/infisical"
	"crane/internal/local/issuer"
	"crane/stacks"
)

// requireNobody wants a login refused, in the real server's words.
func (s *site) requireNobody(id, token string, status int, message string) {
	s.t.Helper()
	got, body := s.present(id, token)
	require.Equal(s.t, status, got, body)
	requireRefused(s.t, status, message, body)
}

// TestTheJobThatPromotes reads production, and nothing else.
func TestTheJobThatPromotes(t *testing.T) {
	t.Parallel()
	s := start(t)
	jwt := s.job(issuer.Promotion("sha"), stacks.SecretsAudience)
	status, body := s.present("local-production", jwt)
	require.Equal(t, 200, status, body)
	require.EqualValues(t, 900, body["expiresIn"])
	require.EqualValues(t, 900, body["accessTokenMaxTTL"])
	require.Equal(t, "Bearer", body["tokenType"])
	token := body["accessToken"].(string)
	status, _ = s.do("GET", "/api/v3/secrets/raw?workspaceId=local&environment=prod&secretPath=/alpha", token, "")
	require.Equal(t, 200, status)
	status, body = s.reads(token)
	require.Equal(t, 403, status)
	requireRefused(t, 403, "You are not allowed to read secrets in environment 'dev'", body)

	status, _ = s.present("local-production", jwt)
	require.Equal(t, 200, status, "nobody remembers tokens")
	require.NotContains(t, jwt, token)
	require.Equal(t, 10, infisical.Production.Uses)
}

func TestWhoHasNoSuchLogin(t *testing.T) {
	t.Parallel()
	s := start(t)
	jwt := s.job(issuer.Promotion("sha"), stacks.SecretsAudience)
	for _, id := range []string{"local-staging", "local", ""} {
		s.requireNobody(id, jwt, 404, "OIDC auth method not found for identity, did you configure OIDC auth?")
	}
	s.requireNobody("local-production", s.job(issuer.Deployment("sha"), stacks.SecretsAudience), 401, "Access denied: OIDC claim not allowed.")
}

// TestEveryBoundClaim flips, drops and retypes one at a time.
func TestEveryBoundClaim(t *testing.T) {
	t.Parallel()
	s := start(t)
	const notAllowed = "Access denied: OIDC claim not allowed."
	flipped := map[string]string{
		"repository_id":       "1000000002",
		"repository_owner_id": "1000000",
		"environment":         "staging",
		"ref":                 "refs/heads/main2",
		"ref_type":            "tag",
		"workflow_ref":        "local/crane/.github/workflows/promote.yml@refs/heads/branch",
		"event_name":          "pull_request_target",
		"runner_environment":  "self-hosted",
	}
	require.Len(t, flipped, len(infisical.Production.OIDC.Claims))
	for name, other := range flipped {
		right := issuer.Promotion("sha")[name]
		missing := "Access denied: token has no " + name + " field"
		for _, tc := range []struct {
			what    string
			value   any
			message string
		}{
			{"flipped", other, notAllowed},
			{"upper case", strings.ToUpper(right.(string)) + "!", notAllowed},
			{"longer", right.(string) + "x", notAllowed},
			{"glob", "*", notAllowed},
			{"null", nil, missing},
			{"empty", "", missing},
			{"zero", 0, missing},
			{"false", false, missing},
			{"true", true, notAllowed},
			{"number", 17, notAllowed},
			{"object", map[string]any{name: right}, notAllowed},
			{"other list", []any{other, 1}, notAllowed},
			{"no list", []any{}, notAllowed},
		} {
			claims := issuer.Promotion("sha")
			claims[name] = tc.value
			got, body := s.present("local-production", s.job(claims, stacks.SecretsAudience))
			require.Equal(t, 401, got, "%s %s", name, tc.what)
			requireRefused(t, 401, tc.message, body)
		}
		claims := issuer.Promotion("sha")
		delete(claims, name)
		s.requireNobody("local-production", s.job(claims, stacks.SecretsAudience), 401, missing)
	}
}

// TestClaimsThatAreNotBound may be anything.
func TestClaimsThatAreNotBound(t *testing.T) {
	t.Parallel()
	s := start(t)
	claims := issuer.Promotion("sha")
	claims["sub"], claims["actor"], claims["run_attempt"] = "anybody", "mallory", "7"
	status, body := s.present("local-production", s.job(claims, stacks.SecretsAudience))
	require.Equal(t, 200, status, body)
}

// TestWhatCanBeBound is the real server's way to compare.
func TestWhatCanBeBound(t *testing.T) {
	t.Parallel()
	const (
		subject  = "Access denied: OIDC subject not allowed."
		audience = "Access denied: OIDC audience not allowed."
		claim    = "Access denied: OIDC claim not allowed."
	)
	bound := func(name, value string) infisical.OIDC { return infisical.OIDC{Claims: map[string]string{name: value}} }
	for _, tc := range []struct {
		what    string
		oidc    infisical.OIDC
		claims  issuer.Claims
		message string
	}{
		{"nothing admits any job on earth", infisical.OIDC{}, issuer.Claims{}, ""},
		{"subject", infisical.OIDC{Subject: "repo:a/b:ref"}, issuer.Claims{"sub": "repo:a/b:ref"}, ""},
		{"another subject", infisical.OIDC{Subject: "repo:a/b:ref"}, issuer.Claims{"sub": "repo:a/c:ref"}, subject},
		{"no subject", infisical.OIDC{Subject: "*"}, issuer.Claims{}, subject},
		{"subject's glob", infisical.OIDC{Subject: "repo:a/*:ref"}, issuer.Claims{"sub": "repo:a/c:ref"}, ""},
		{"a subject is no list", infisical.OIDC{Subject: "a, b"}, issuer.Claims{"sub": "b"}, subject},
		{"audience in a list", infisical.OIDC{Audiences: "one, mine"}, issuer.Claims{}, ""},
		{"audience's glob", infisical.OIDC{Audiences: "one, m*"}, issuer.Claims{}, ""},
		{"a list without a space", infisical.OIDC{Audiences: "one,mine"}, issuer.Claims{}, audience},
		{"another audience", infisical.OIDC{Audiences: "min, mine2"}, issuer.Claims{}, audience},
		{"subject comes first", infisical.OIDC{Subject: "a", Audiences: "b"}, issuer.Claims{}, subject},
		{"list", bound("ref", "a, b"), issuer.Claims{"ref": "b"}, ""},
		{"not in the list", bound("ref", "a, b"), issuer.Claims{"ref": "a, b"}, claim},
		{"glob", bound("ref", "refs/heads/*"), issuer.Claims{"ref": "refs/heads/main"}, ""},
		{"a glob stops at slashes", bound("ref", "refs/heads/*"), issuer.Claims{"ref": "refs/heads/a/b"}, claim},
		{"one character", bound("ref", "v?"), issuer.Claims{"ref": "v1"}, ""},
		{"a bad glob is itself", bound("ref", "[a"), issuer.Claims{"ref": "[a"}, ""},
		{"a bad glob is nothing else", bound("ref", "[a"), issuer.Claims{"ref": "a"}, claim},
		{"number", bound("id", "17"), issuer.Claims{"id": 17}, ""},
		{"another number", bound("id", "17"), issuer.Claims{"id": 18}, claim},
		{"a number is no text", bound("id", "*"), issuer.Claims{"id": 17}, claim},
		{"true", bound("ok", "true"), issuer.Claims{"ok": true}, ""},
		{"not true", bound("ok", "yes"), issuer.Claims{"ok": true}, claim},
		{"one of a claim's list", bound("groups", "b"), issuer.Claims{"groups": []string{"a", "b"}}, ""},
		{"none of them", bound("groups", "c"), issuer.Claims{"groups": []string{"a", "b"}}, claim},
		{"path", bound("a.b", "c"), issuer.Claims{"a": map[string]any{"b": "c"}}, ""},
		{"no path", bound("a.b", "c"), issuer.Claims{"a.b": "c"}, "Access denied: token has no a.b field"},
	} {
		t.Run(tc.what, func(t *testing.T) {
			t.Parallel()
			s := startWith(t, infisical.Config{Identities: []infisical.Identity{{ID: "id", Environment: "dev", OIDC: &tc.oidc}}})
			status, body := s.present("id", s.job(tc.claims, "mine"))
			if tc.message == "" {
				require.Equal(t, 200, status, body)
				require.EqualValues(t, 2592000, body["expiresIn"])
				return
			}
			want := 401
			if tc.message == subject {
				want = 403
			}
			require.Equal(t, want, status)
			requireRefused(t, want, tc.message, body)
		})
	}
}

// TestWhatIsNoToken is refused before any claim is looked at.
func TestWhatIsNoToken(t *testing.T) {
	t.Parallel()
	s, other := start(t), start(t)
	good := s.job(issuer.Promotion("sha"), stacks.SecretsAudience)
	foreign := other.job(issuer.Promotion("sha"), stacks.SecretsAudience)
	part, theirs := strings.Split(good, "."), strings.Split(foreign, ".")
	const invalid, signature = "Invalid JWT", "Access denied: invalid signature"
	for _, tc := range []struct{ what, token, message string }{
		{"nothing", "", invalid},
		{"no JWT", "hello", invalid},
		{"two parts", part[0] + "." + part[1], invalid},
		{"no signature", part[0] + "." + part[1] + ".", signature},
		{"another's claims", part[0] + "." + theirs[1] + "." + part[2], signature},
		{"another's signature", part[0] + "." + part[1] + "." + theirs[2], signature},
		{"unsigned", header("none", "") + "." + part[1] + ".", "Access denied: invalid algorithm"},
		{"signed with the public key", hmac(t, s), "Access denied: invalid algorithm"},
		{"no kid", header("RS256", "") + "." + part[1] + "." + part[2], unknownKey("")},
		{"another issuer", foreign, unknownKey(kid(t, other))},
		{"another key of that name", signed(t, kid(t, s), s.url), signature},
	} {
		t.Run(tc.what, func(t *testing.T) { s.requireNobody("local-production", tc.token, 401, tc.message) })
	}
	status, _ := s.present("local-production", good)
	require.Equal(t, 200, status)
}

func TestWhenATokenHolds(t *testing.T) {
	t.Parallel()
	s := start(t)
	good := s.job(issuer.Promotion("sha"), stacks.SecretsAudience)
	for _, tc := range []struct {
		after   time.Duration
		message string
	}{
		{-issuer.TokenLife - time.Second, "Access denied: jwt not active"},
		{-issuer.TokenLife, ""},
		{issuer.TokenLife - time.Second, ""},
		{issuer.TokenLife, "Access denied: jwt expired"},
		{time.Hour, "Access denied: jwt expired"},
	} {
		s.advance(birth.Add(tc.after))
		if tc.message == "" {
			status, body := s.present("local-production", good)
			require.Equal(t, 200, status, body)
			continue
		}
		s.requireNobody("local-production", good, 401, tc.message)
	}
}

// TestAnotherAddress of the same key is another issuer.
func TestAnotherAddress(t *testing.T) {
	t.Parallel()
	s := start(t)
	handler := infisical.New(infisical.Config{Store: s.store, Clock: s.issuer.Clock, Trust: s.issuer.Trust("https://token.example")})
	status, body := s.ask(handler, "local-production", s.job(issuer.Promotion("sha"), stacks.SecretsAudience))
	require.Equal(t, 401, status)
	requireRefused(t, 401, "Access denied: jwt issuer invalid. expected: https://token.example", body)
}

// TestNobodyIsTrusted unless a configuration says whom.
func TestNobodyIsTrusted(t *testing.T) {
	t.Parallel()
	s := start(t)
	handler := infisical.New(infisical.Config{Store: s.store, Clock: s.issuer.Clock})
	status, body := s.ask(handler, "local-production", s.job(issuer.Promotion("sha"), stacks.SecretsAudience))
	require.Equal(t, 401, status)
	requireRefused(t, 401, unknownKey(kid(t, s)), body)
}

// ask brings a token to a stand-in that is not on the network.
func (s *site) ask(handler http.Handler, id, token string) (int, map[string]any) {
	s.t.Helper()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("POST", "/api/v1/auth/oidc-auth/login",
		strings.NewReader(`{"identityId":"`+id+`","jwt":"`+token+`"}`)))
	var body map[string]any
	require.NoError(s.t, json.Unmarshal(w.Body.Bytes(), &body))
	return w.Code, body
}

func unknownKey(kid string) string {
	return "Access denied: Unable to verify JWT signature. The signing key '" + kid + "' was not found in the OIDC provider's " +
		"JWKS endpoint. This may indicate an invalid token or misconfigured OIDC provider."
}

func kid(t *testing.T, s *site) string {
	t.Helper()
	return s.issuer.Trust("").Keys.Keys[0].KeyID
}

func header(algorithm, kid string) string {
	text, _ := json.Marshal(map[string]string{"alg": algorithm, "typ": "JWT", "kid": kid})
	return base64.RawURLEncoding.EncodeToString(text)
}

// hmac is a token signed with what everybody knows, as if it were a secret.
func hmac(t *testing.T, s *site) string {
	t.Helper()
	public, err := json.Marshal(s.issuer.Trust("").Keys.Keys[0])
	require.NoError(t, err)
	return serialize(t, jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: public, KeyID: kid(t, s)}}, s.url)
}

// signed is a token of another key that calls itself by this name.
func signed(t *testing.T, kid, url string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	return serialize(t, jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, url)
}

func serialize(t *testing.T, key jose.SigningKey, url string) string {
	t.Helper()
	signer, err := jose.NewSigner(key, nil)
	require.NoError(t, err)
	claims := issuer.Promotion("sha")
	claims["iss"], claims["aud"], claims["exp"] = url+issuer.Prefix, stacks.SecretsAudience, birth.Add(time.Minute).Unix()
	text, err := jwt.Signed(signer).Claims(map[string]any(claims)).Serialize()
	require.NoError(t, err)
	return text
}
