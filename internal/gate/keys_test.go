package gate

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/idtoken"
	"crane/internal/local/issuer"
	"crane/stacks"
)

// serve is an issuer that answers as the test wants, and counts.
func serve(t *testing.T, answer http.HandlerFunc) (string, *atomic.Int32) {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, &asked
}

func TestKeys(t *testing.T) {
	t.Parallel()
	url, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "/.well-known/jwks", r.URL.Path)
		_, _ = w.Write(jwks(t, public(issuersKey(), "k1")))
	})
	payload, err := Keys(t.Context(), url).VerifySignature(t.Context(), promotionJob().token(t))
	require.NoError(t, err)
	require.Contains(t, string(payload), sha)
	_, err = Keys(t.Context(), strings.Replace(url, "127.0.0.1", "issuer.localhost", 1)).VerifySignature(t.Context(), promotionJob().token(t))
	require.NoError(t, err, "a name of this machine is not looked for elsewhere")
}

func TestKeysThatCannotBeHad(t *testing.T) {
	t.Parallel()
	for what, tc := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"status":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "answered 500 Internal Server Error"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", 302) }, "answered 302 Found"},
		"no JSON":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, "is not JSON"},
		"no keys":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }, "none of them signs with RS256"},
		"endless":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, maxKeys+1)) }, "answered more than 102400 bytes"},
		"cut":      {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "did not answer: EOF"},
		"cut halfway": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9")
			_, _ = w.Write([]byte("{"))
		}, "did not answer to the end"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			url, asked := serve(t, tc.answer)
			_, err := Archive(t.Context(), url)
			require.ErrorIs(t, err, ErrKeys)
			require.ErrorContains(t, err, tc.says)
			require.EqualValues(t, 1, asked.Load(), "a redirect is not followed")

			_, err = policy(t).Promotion(t.Context(), Keys(t.Context(), url), promotionJob().token(t), theirs, birth)
			require.ErrorIs(t, err, ErrDenied, "what is unknown is denied")
			require.ErrorIs(t, err, ErrKeys)
			require.Equal(t, "crane local start, and do it again", hint.Of(err))
		})
	}
}

// TestNobodyElseIsAsked is about addresses that are refused before any request.
func TestNobodyElseIsAsked(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://example.com", "http://127.0.0.1.example.com", "file:///etc", "ftp://localhost", "https://", "", "://", "https://me@example.com"} {
		_, err := Archive(t.Context(), address)
		require.ErrorIs(t, err, ErrKeys, address)
		require.ErrorContains(t, err, "is not an https address")
		_, err = Keys(t.Context(), address).VerifySignature(t.Context(), promotionJob().token(t))
		require.ErrorIs(t, err, ErrKeys, address)
	}
}

func TestArchiveEndsWithItsContext(t *testing.T) {
	t.Parallel()
	url, asked := serve(t, func(http.ResponseWriter, *http.Request) {})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Archive(ctx, url)
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, asked.Load())
}

// TestUnfitKeys are passed over, whatever they would verify.
func TestUnfitKeys(t *testing.T) {
	t.Parallel()
	good := public(issuersKey(), "k1")
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	unfit := map[string]any{
		"short":            public(short, "k1"),
		"private":          jose.JSONWebKey{Key: issuersKey(), KeyID: "k1", Algorithm: "RS256", Use: "sig"},
		"symmetric":        jose.JSONWebKey{Key: []byte("secret"), KeyID: "k1"},
		"for encryption":   jose.JSONWebKey{Key: good.Key, KeyID: "k1", Use: "enc"},
		"of other signing": jose.JSONWebKey{Key: good.Key, KeyID: "k1", Algorithm: "PS256"},
		"without a name":   jose.JSONWebKey{Key: good.Key},
		"of a new kind":    map[string]string{"kty": "new", "kid": "k1"},
		"not a key":        "k1",
	}
	for what, key := range unfit {
		text, err := json.Marshal(map[string]any{"keys": []any{key}})
		require.NoError(t, err)
		_, err = Archived(text)
		require.ErrorIs(t, err, ErrKeys, what)
		text, err = json.Marshal(map[string]any{"keys": []any{key, good}})
		require.NoError(t, err)
		keys, err := Archived(text)
		require.NoError(t, err, what)
		_, err = keys.VerifySignature(t.Context(), promotionJob().token(t))
		require.NoError(t, err, what)
	}
}

func TestKeyOf(t *testing.T) {
	t.Parallel()
	token := promotionJob().token(t)
	all := jwks(t, public(strangersKey(), "k0"), public(strangersKey(), "k1"), public(issuersKey(), "k1"))
	kept, err := KeyOf(all, token)
	require.NoError(t, err)
	require.JSONEq(t, string(jwks(t, public(issuersKey(), "k1"))), string(kept))
	again, err := KeyOf(kept, token)
	require.NoError(t, err)
	require.Equal(t, kept, again)

	_, err = KeyOf(jwks(t, public(strangersKey(), "k1"), public(issuersKey(), "k2")), token)
	require.ErrorIs(t, err, ErrSigner)
	require.ErrorContains(t, err, "no key made the token's signature")
	_, err = KeyOf(all, "x")
	require.ErrorIs(t, err, ErrSigner)
	_, err = KeyOf([]byte("{}"), token)
	require.ErrorIs(t, err, ErrKeys)
}

// TestTheLocalIssuer is the whole way: a job of the local Cloudflare's asks for its
// token, and the gate as it is declared asks that issuer for its keys.
func TestTheLocalIssuer(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nil)
	local := Where{APIHost: here.APIHost, Infisical: "http://" + server.Listener.Addr().String()}
	opened, err := issuer.Open(t.TempDir())
	require.NoError(t, err)
	server.Config.Handler = opened.Handler(local.Infisical + issuer.Prefix)
	server.Start()
	t.Cleanup(server.Close)
	p, err := Compile(stacks.ProductionGate, local)
	require.NoError(t, err)
	require.Equal(t, local.Infisical+issuer.Prefix, p.Issuer())

	ask := func(claims issuer.Claims, audience string) string {
		started, err := issuer.StartJob(t.Context(), http.DefaultClient, p.Issuer(), claims)
		require.NoError(t, err)
		job, err := idtoken.FromEnvironment(func(name string) string {
			return map[string]string{idtoken.URLVariable: started.URL, idtoken.TokenVariable: started.Token}[name]
		})
		require.NoError(t, err)
		token, err := job.Token(t.Context(), audience)
		require.NoError(t, err)
		return token
	}
	promotion := ask(issuer.Promotion(sha), Audience(theirs))
	receipt := ask(issuer.Deployment(sha), ReceiptAudience(theirs))
	keys, now := Keys(t.Context(), p.Issuer()), time.Now()

	for token, ask := range map[string]check{promotion: p.Promotion, receipt: p.Receipt} {
		got, err := ask(t.Context(), keys, token, theirs, now)
		require.NoError(t, err)
		require.Equal(t, Claims{sha, "9000000001", "1", "operator", got.IssuedAt}, got)
	}
	_, err = p.Promotion(t.Context(), keys, receipt, theirs, now)
	require.ErrorIs(t, err, ErrAudience)
	_, err = p.Promotion(t.Context(), keys, ask(issuer.Deployment(sha), Audience(theirs)), theirs, now)
	require.ErrorContains(t, err, `the claim environment of the token is "staging", not "production"`)
	_, err = p.Receipt(t.Context(), keys, ask(issuer.Promotion(sha), ReceiptAudience(theirs)), theirs, now)
	require.ErrorContains(t, err, `the claim environment of the receipt's token is "production", not "staging"`)

	all, err := Archive(t.Context(), p.Issuer())
	require.NoError(t, err)
	kept, err := KeyOf(all, receipt)
	require.NoError(t, err)
	archive, err := Archived(kept)
	require.NoError(t, err)
	server.Close()
	_, err = p.Earlier(t.Context(), archive, receipt, theirs, now.AddDate(1, 0, 0))
	require.NoError(t, err, "archived keys need no issuer")
	_, err = p.Receipt(t.Context(), keys, receipt, theirs, now)
	require.ErrorIs(t, err, ErrKeys)
}
