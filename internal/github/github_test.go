package github_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/github"
	"crane/internal/github/githubtest"
	"crane/internal/hint"
)

const (
	token = "ghs_the-token-of-the-job"
	one   = "1111111111111111111111111111111111111111"
	two   = "2222222222222222222222222222222222222222"
	three = "3333333333333333333333333333333333333333"
)

// site is an empty repository, and a client whose token may do what it says.
func site(t *testing.T, permissions ...string) (*githubtest.GitHub, *github.Client) {
	t.Helper()
	g := githubtest.Start(t)
	g.Token(token, permissions...)
	client, err := github.New(github.Config{API: g.URL, Repository: githubtest.Repository, Token: token})
	require.NoError(t, err)
	return g, client
}

// refused checks what every refusal has in common.
func refused(t *testing.T, err, kind error, says, next string) {
	t.Helper()
	require.ErrorIs(t, err, kind)
	require.ErrorContains(t, err, says)
	require.Contains(t, hint.Of(err), next)
	require.NotContains(t, err.Error()+hint.Of(err), token)
	require.NotContains(t, err.Error()+hint.Of(err), "signature")
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for what, tc := range map[string]struct{ api, repository, token, says, next string }{
		"no token":         {"", "o/n", "", "not a job on github: GITHUB_TOKEN is not set; nothing was sent", "hand the step ${{ github.token }}"},
		"no repository":    {"", "", token, `GITHUB_REPOSITORY is "" and not owner/name`, "export GITHUB_REPOSITORY=OWNER/NAME"},
		"three parts":      {"", "o/n/m", token, "and not owner/name", "export"},
		"a way out":        {"", "o/..", token, `GITHUB_REPOSITORY is "o/.." and not owner/name`, "export"},
		"a query":          {"", "o/n?x", token, "and not owner/name", "export"},
		"http":             {"http://api.github.example", "o/n", token, "GITHUB_API_URL is not an https address; nothing was sent", "unset GITHUB_API_URL"},
		"a name like here": {"http://github.localhost", "o/n", token, "GITHUB_API_URL is not an https address", "unset"},
		"no address":       {"://", "o/n", token, "GITHUB_API_URL is not an https address", "unset"},
		"a file":           {"file:///etc", "o/n", token, "GITHUB_API_URL is not an https address", "unset"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			_, err := github.New(github.Config{API: tc.api, Repository: tc.repository, Token: tc.token})
			refused(t, err, github.ErrSettings, tc.says, tc.next)
		})
	}
}

func TestFromEnvironment(t *testing.T) {
	t.Parallel()
	set := map[string]string{"GITHUB_REPOSITORY": "o/n", "GITHUB_TOKEN": token}
	require.Equal(t, github.Config{API: "https://api.github.com", Repository: "o/n", Token: token}, github.FromEnvironment(func(n string) string { return set[n] }))
	set["GITHUB_API_URL"] = "https://github.example/api/v3"
	require.Equal(t, "https://github.example/api/v3", github.FromEnvironment(func(n string) string { return set[n] }).API)
}

// TestAnswers has what GitHub may answer in place of what it was asked for.
func TestAnswers(t *testing.T) {
	t.Parallel()
	soon := time.Now().Add(20 * time.Minute)
	for what, tc := range map[string]struct {
		fault      githubtest.Fault
		kind       error
		says, next string
	}{
		"401":       {githubtest.Fault{Status: 401}, github.ErrRefused, "github refused the token: the runs of deploy.yml: HTTP 401: Unauthorized; nothing was fetched", "set GITHUB_TOKEN to the job's own token"},
		"403":       {githubtest.Fault{Status: 403}, github.ErrRefused, "HTTP 403: Forbidden; nothing was fetched", "give the job the permission actions: read, and run it again"},
		"limit":     {githubtest.Limited(soon), github.ErrRefused, "its requests are used up; nothing was fetched", "wait until " + soon.UTC().Format("15:04") + " UTC"},
		"429":       {githubtest.Fault{Status: 429}, github.ErrRefused, "HTTP 429", "wait a minute"},
		"secondary": {githubtest.Fault{Status: 403, Body: `{"message":"slow","documentation_url":"https://docs.github.com/rest/x#secondary-rate-limits"}`, Header: map[string]string{"Retry-After": "90"}}, github.ErrRefused, "too many requests at once", "wait 1m30s and run"},
		"tertiary":  {githubtest.Fault{Status: 403, Body: `{"documentation_url":"https://docs.github.com/rest/x#secondary-rate-limits"}`}, github.ErrRefused, "too many requests at once", "wait a minute and run"},
		"404":       {githubtest.Fault{Status: 404}, github.ErrGone, "github has no such thing: the runs of deploy.yml: HTTP 404: Not Found", "check GITHUB_REPOSITORY, and that the job has the permission actions: read"},
		"moved":     {githubtest.Fault{Status: 301, Header: map[string]string{"Location": "/repositories/1"}}, github.ErrGone, "HTTP 301, it has moved", "set GITHUB_REPOSITORY to what the repository is called now"},
		"500":       {githubtest.Fault{Status: 500}, github.ErrUnavailable, "github is not available: the runs of deploy.yml: HTTP 500: Internal Server Error; nothing was fetched", "run the same command again"},
		"502":       {githubtest.Fault{Status: 502, Body: "<html>"}, github.ErrUnavailable, "HTTP 502; nothing was fetched", "https://www.githubstatus.com"},
		"cut":       {githubtest.Fault{}, github.ErrUnavailable, "the runs of deploy.yml: EOF", "run the same command again"},
		"418":       {githubtest.Fault{Status: 418}, github.ErrAnswer, "HTTP 418", "run the same command again"},
		"no JSON":   {githubtest.Fault{Status: 200, Body: "<html>"}, github.ErrAnswer, "invalid character '<'", "run the same command again"},
		"half":      {githubtest.Fault{Status: 200, Body: `{"workflow_runs":[`}, github.ErrUnavailable, "unexpected EOF", "run the same command again"},
		"null":      {githubtest.Fault{Status: 200, Body: "null"}, github.ErrNone, "nothing published: there is no successful run of deploy.yml on main by push", "gh run list --workflow deploy.yml"},
		"endless":   {githubtest.Fault{Status: 200, Body: `{"x":"` + strings.Repeat("x", 17<<20) + `"}`}, github.ErrAnswer, "it has more than 16777216 bytes", "run the same command again"},
		"long":      {githubtest.Fault{Status: 422, Body: `{"message":"` + strings.Repeat("x", 9999) + `","errors":["and more"]}`}, github.ErrAnswer, "HTTP 422: " + strings.Repeat("x", 300) + "; nothing", "run"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			g, client := site(t, "actions: read")
			g.Break(tc.fault)
			_, err := client.Newest(t.Context(), deploy)
			refused(t, err, tc.kind, tc.says, tc.next)
			require.LessOrEqual(t, len(g.Requests()), 2, "and it was not asked again") // Go itself repeats what was cut
		})
	}
}

// TestRedirectsAreNotFollowed has a GitHub that sends its clients elsewhere.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		var elsewhere atomic.Int32
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
		t.Cleanup(other.Close)
		g, client := site(t, "pull-requests: write")
		g.Break(githubtest.Fault{Status: status, Header: map[string]string{"Location": other.URL}})
		refused(t, client.Comment(t.Context(), 1, "text"), github.ErrGone, "it has moved; nothing was posted", "GITHUB_REPOSITORY")
		require.Zero(t, elsewhere.Load())
	}
}

func TestNobodyIsThere(t *testing.T) {
	t.Parallel()
	g, client := site(t)
	g.Close()
	_, err := client.Newest(t.Context(), deploy)
	refused(t, err, github.ErrUnavailable, "connection refused; nothing was fetched", "run the same command again")
	require.NotContains(t, err.Error(), "/repos/", "addresses are not repeated")
}

func TestEndsWithItsContext(t *testing.T) {
	t.Parallel()
	g, client := site(t, githubtest.All...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client.Newest(ctx, deploy)
	refused(t, err, github.ErrUnavailable, "context canceled", "run the same command again")
	require.Empty(t, g.Requests())
}

// TestOnlyTests holds the packages that are shipped to not importing GitHub for
// tests.
func TestOnlyTests(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "crane/cmd/...", "crane/infra", "crane/provider").CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "crane/internal/github\n")
	require.NotContains(t, string(out), "githubtest")
}
