package github_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/github"
	"crane/internal/github/githubtest"
)

const issueMarker = "<!-- crane issue -->"

func ours(title, body string) githubtest.Issue {
	return githubtest.Issue{Author: githubtest.Bot, Title: title, Body: issueMarker + "\n" + body, Labels: []string{"crane"}}
}

func closed(i githubtest.Issue) githubtest.Issue { i.Closed = true; return i }

func TestIssue(t *testing.T) {
	t.Parallel()
	g, client := site(t, "issues: write")
	require.NoError(t, client.Close(t.Context()))
	require.Empty(t, g.Writes(), "there is nothing to close")

	require.NoError(t, client.Open(t.Context(), "wrong", "one"))
	require.Equal(t, []githubtest.Issue{ours("wrong", "one")}, g.Issues())
	require.NoError(t, client.Open(t.Context(), "wrong", "two"))
	require.Equal(t, []githubtest.Issue{ours("wrong", "two")}, g.Issues())
	require.NoError(t, client.Open(t.Context(), "worse", "two"))
	require.Equal(t, []githubtest.Issue{ours("worse", "two")}, g.Issues())

	g.Forget()
	require.NoError(t, client.Open(t.Context(), "worse", "two\n"))
	require.Empty(t, g.Writes(), "an equal one is not sent again")

	require.NoError(t, client.Close(t.Context()))
	require.Equal(t, []githubtest.Issue{closed(ours("worse", "two"))}, g.Issues())
	require.Equal(t, []githubtest.Comment{{Author: githubtest.Bot, Body: "It is right again."}}, g.Comments(1))
	g.Forget()
	require.NoError(t, client.Close(t.Context()))
	require.Empty(t, g.Writes(), "it is closed already")

	require.NoError(t, client.Open(t.Context(), "worse", "two"))
	require.Equal(t, []githubtest.Issue{closed(ours("worse", "two")), ours("worse", "two")}, g.Issues(), "a closed one stays closed")
}

// TestOthersIssues has issues that look like ours, and are not.
func TestOthersIssues(t *testing.T) {
	t.Parallel()
	g, client := site(t, "issues: write", "pull-requests: write")
	others := []githubtest.Issue{ours("by somebody", "x"), ours("no label", "x"), ours("no marker", "x"), closed(ours("closed", "x"))}
	others[0].Author = "somebody"
	others[1].Labels = []string{"other"}
	others[2].Body = "see " + issueMarker
	for _, i := range others {
		g.Add(i)
	}
	request := ours("a pull request", "x")
	request.PullRequest = true
	g.Add(request)
	require.NoError(t, client.Close(t.Context()))
	require.Empty(t, g.Writes())
	require.NoError(t, client.Open(t.Context(), "wrong", "one"))
	require.Equal(t, append(others[:4:4], ours("wrong", "one")), g.Issues())
}

// TestSearchOfIssuesIsNotBelieved has a GitHub that lists what was not asked for.
func TestSearchOfIssuesIsNotBelieved(t *testing.T) {
	t.Parallel()
	for _, list := range []string{
		`[{"number":7,"state":"closed","user":{"login":"github-actions[bot]"},"labels":[{"name":"crane"}],"body":"<!-- crane issue -->"}]`,
		`[{"number":7,"state":"open","user":{"login":"github-actions[bot]"},"labels":[],"body":"<!-- crane issue -->"}]`,
		`[{"number":7,"state":"open","labels":[{"name":"crane"}],"body":"<!-- crane issue -->"}]`,
		`[{"state":"open","user":{"login":"github-actions[bot]"},"labels":[{"name":"crane"}],"body":"<!-- crane issue -->"}]`,
		`[null,{}]`,
	} {
		g, client := site(t, "issues: write")
		g.Break(githubtest.Fault{Method: http.MethodGet, Status: 200, Body: list})
		require.NoError(t, client.Close(t.Context()))
		require.Empty(t, g.Writes(), list)
	}
}

func TestIssueOnALaterPage(t *testing.T) {
	t.Parallel()
	g, client := site(t, "issues: write")
	g.Add(ours("wrong", "one"))
	for range 70 {
		other := ours("by somebody", "x")
		other.Author = "somebody"
		g.Add(other)
	}
	require.NoError(t, client.Close(t.Context()))
	require.True(t, g.Issues()[0].Closed)
}

func TestLongIssue(t *testing.T) {
	t.Parallel()
	g, client := site(t, "issues: write")
	refused(t, client.Open(t.Context(), "wrong", strings.Repeat("x", github.MaxBody)), github.ErrTooLong, "nothing was sent", "shorten it")
	require.Empty(t, g.Requests())
}

func TestIssueRefusals(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read", "pull-requests: write")
	g.Add(ours("wrong", "one"))
	for _, err := range []error{client.Open(t.Context(), "wrong", "two"), client.Close(t.Context())} {
		refused(t, err, github.ErrRefused, "the issue with the label crane: HTTP 403: Resource not accessible by integration; no issue was changed", "give the job the permission issues: write")
	}
	g.Token(token, "issues: read")
	for _, err := range []error{client.Open(t.Context(), "wrong", "two"), client.Close(t.Context())} {
		refused(t, err, github.ErrRefused, "HTTP 403: Resource not accessible by integration; the issue is as it was", "issues: write")
	}
	require.Equal(t, []githubtest.Issue{ours("wrong", "one")}, g.Issues())
	require.Empty(t, g.Comments(1))

	g.Token(token, "issues: write")
	g.Break(githubtest.Fault{Method: http.MethodPatch, Status: 500, Count: 1})
	refused(t, client.Close(t.Context()), github.ErrUnavailable, "it has the comment and is open, if GitHub did not close it all the same", "again")
	require.False(t, g.Issues()[0].Closed)
	require.NoError(t, client.Close(t.Context()))
	require.True(t, g.Issues()[0].Closed)
	refused(t, client.Open(t.Context(), "", "two"), github.ErrAnswer, "HTTP 422: Validation Failed", "again")
}

// TestLabelThatWasDropped has a GitHub that opens the issue without its label:
// next time it would not be found.
func TestLabelThatWasDropped(t *testing.T) {
	t.Parallel()
	g, client := site(t, "issues: write")
	g.Break(githubtest.Fault{Method: http.MethodPost, Status: 201, Body: `{"number":7,"labels":[]}`})
	refused(t, client.Open(t.Context(), "wrong", "one"), github.ErrAnswer, "issue 7 was opened, and did not get the label crane", "gh issue edit 7 --add-label crane")
}
