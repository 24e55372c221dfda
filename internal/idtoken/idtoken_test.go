package idtoken_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/idtoken"
)

func environment(url, token string) func(string) string {
	return func(name string) string {
		return map[string]string{idtoken.URLVariable: url, idtoken.TokenVariable: token}[name]
	}
}

// serve answers as GitHub does, or as the test wants, and counts.
func serve(t *testing.T, answer http.HandlerFunc) (idtoken.Job, *atomic.Int32) {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	job, err := idtoken.FromEnvironment(environment(server.URL+"/token?api-version=2.0", "the-credential"))
	require.NoError(t, err)
	return job, &asked
}

func TestToken(t *testing.T) {
	t.Parallel()
	job, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "bearer the-credential", r.Header.Get("Authorization"))
		require.Equal(t, "api-version=2.0&audience=crane%3Ainfisical", r.URL.RawQuery)
		_, _ = w.Write([]byte(`{"count":1,"value":"a.b.c"}`))
	})
	token, err := job.Token(t.Context(), "crane:infisical")
	require.NoError(t, err)
	require.Equal(t, "a.b.c", token)
}

func TestNoJob(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ url, token, says string }{
		{"", "", "ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not both set"},
		{"https://github.example/token", "", "are not both set"},
		{"", "t", "are not both set"},
		{"http://github.example/token", "t", "ACTIONS_ID_TOKEN_REQUEST_URL is not an https address"},
		{"http://github.localhost/token", "t", "is not an https address"},
		{"file:///etc/passwd", "t", "is not an https address"},
		{"://", "t", "is not an https address"},
	} {
		_, err := idtoken.FromEnvironment(environment(tc.url, tc.token))
		require.ErrorIs(t, err, idtoken.ErrNoJob, tc.url)
		require.ErrorContains(t, err, tc.says)
		require.NotEmpty(t, hint.Of(err))
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for what, tc := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"status":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, "answered 403 Forbidden"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", 302) }, "answered 302 Found"},
		"no JSON":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, "answered something else than a token"},
		"no value": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }, "answered something else than a token"},
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"value":"` + strings.Repeat("x", 200<<10) + `"}`))
		}, "answered something else than a token"},
		"cut": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "did not answer: EOF"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			job, asked := serve(t, tc.answer)
			token, err := job.Token(t.Context(), "a")
			require.Empty(t, token)
			require.ErrorIs(t, err, idtoken.ErrRefused)
			require.ErrorContains(t, err, tc.says)
			require.NotContains(t, err.Error(), "the-credential")
			require.Equal(t, "give the job the permission id-token: write, and run it again", hint.Of(err))
			require.LessOrEqual(t, asked.Load(), int32(2), "a redirect is not followed")
		})
	}
}

func TestEndsWithItsContext(t *testing.T) {
	t.Parallel()
	job, asked := serve(t, func(http.ResponseWriter, *http.Request) {})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := job.Token(ctx, "a")
	require.ErrorIs(t, err, idtoken.ErrRefused)
	require.Zero(t, asked.Load())
}
