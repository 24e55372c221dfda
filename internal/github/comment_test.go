package github_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/github"
	"crane/internal/github/githubtest"
)

const marker = "<!-- crane preview -->"

// pullRequest is a repository with one, whose number is 1.
func pullRequest(t *testing.T, permissions ...string) (*githubtest.GitHub, *github.Client) {
	t.Helper()
	g, client := site(t, permissions...)
	require.Equal(t, 1, g.Add(githubtest.Issue{PullRequest: true, Author: "somebody"}))
	return g, client
}

func TestComment(t *testing.T) {
	t.Parallel()
	g, client := pullRequest(t, "pull-requests: write")
	require.NoError(t, client.Comment(t.Context(), 1, "first\n"))
	require.Equal(t, []githubtest.Comment{{Author: githubtest.Bot, Body: marker + "\nfirst\n"}}, g.Comments(1))

	require.NoError(t, client.Comment(t.Context(), 1, "second\n"))
	require.Equal(t, []githubtest.Comment{{Author: githubtest.Bot, Body: marker + "\nsecond\n"}}, g.Comments(1), "there is one")

	g.Forget()
	require.NoError(t, client.Comment(t.Context(), 1, "second"))
	require.Empty(t, g.Writes(), "an equal one is not sent again")
}

// TestEndsOfLines has a comment that somebody has opened in GitHub's editor and
// saved as it was.
func TestEndsOfLines(t *testing.T) {
	t.Parallel()
	g, client := pullRequest(t, "pull-requests: write")
	g.Say(1, githubtest.Comment{Body: marker + "\r\none\r\ntwo"})
	require.NoError(t, client.Comment(t.Context(), 1, "one\ntwo\n"))
	require.Empty(t, g.Writes())
}

// TestOthersComments has comments that look like ours, and are not.
func TestOthersComments(t *testing.T) {
	t.Parallel()
	g, client := pullRequest(t, "pull-requests: write")
	others := []githubtest.Comment{
		{Author: "somebody", Body: marker + "\nmine"},
		{Author: "github-actions", Body: marker + "\nmine"},
		{Author: githubtest.Bot, Body: "another workflow's"},
		{Author: githubtest.Bot, Body: "quotes " + marker + " in a line"},
		{Author: "dependabot[bot]", Body: marker},
	}
	for _, c := range others {
		g.Say(1, c)
	}
	for _, text := range []string{"first", "second"} {
		require.NoError(t, client.Comment(t.Context(), 1, text))
		require.Equal(t, append(others[:5:5], githubtest.Comment{Author: githubtest.Bot, Body: marker + "\n" + text}), g.Comments(1))
	}
}

// TestCommentOnALaterPage has ours behind eighty others, and on another pull
// request too.
func TestCommentOnALaterPage(t *testing.T) {
	t.Parallel()
	g, client := pullRequest(t, "pull-requests: write")
	g.Add(githubtest.Issue{PullRequest: true})
	g.Say(2, githubtest.Comment{Body: marker + "\nof another"})
	for i := range 80 {
		g.Say(1, githubtest.Comment{Author: "somebody", Body: fmt.Sprint(i)})
	}
	g.Say(1, githubtest.Comment{Body: marker + "\nfirst"})
	require.NoError(t, client.Comment(t.Context(), 1, "second"))
	require.Len(t, g.Comments(1), 81)
	require.Equal(t, marker+"\nsecond", g.Comments(1)[80].Body)
	require.Equal(t, marker+"\nof another", g.Comments(2)[0].Body)
}

func TestLongComment(t *testing.T) {
	t.Parallel()
	g, client := pullRequest(t, "pull-requests: write")
	most := github.MaxBody - len(marker) - 1
	require.NoError(t, client.Comment(t.Context(), 1, strings.Repeat("é", most)), "characters count, not bytes")
	before := g.Comments(1)
	g.Forget()
	refused(t, client.Comment(t.Context(), 1, strings.Repeat("x", most+1)), github.ErrTooLong,
		"too long for github: the text has 65537 characters with its marker, and may have 65536; nothing was sent", "shorten it")
	require.Empty(t, g.Requests())
	require.Equal(t, before, g.Comments(1))
}

func TestTextThatIsNone(t *testing.T) {
	t.Parallel()
	g, client := pullRequest(t, "pull-requests: write")
	for range 2 {
		require.NoError(t, client.Comment(t.Context(), 1, "a\xffb"))
	}
	require.Equal(t, marker+"\na\uFFFDb", g.Comments(1)[0].Body)
	require.Len(t, g.Writes(), 1)
}

func TestCommentRefusals(t *testing.T) {
	t.Parallel()
	for what, tc := range map[string]struct {
		permissions []string
		fault       githubtest.Fault
		number      int
		kind        error
		says, next  string
	}{
		"no permission":   {[]string{"issues: write", "actions: read"}, githubtest.Fault{Status: 1, Count: -1}, 1, github.ErrRefused, "the comments of pull request 1: HTTP 403: Resource not accessible by integration; nothing was posted", "give the job the permission pull-requests: write"},
		"reading only":    {[]string{"pull-requests: read"}, githubtest.Fault{}, 1, github.ErrRefused, "HTTP 403: Resource not accessible by integration; the comment is as it was", "pull-requests: write"},
		"no pull request": {[]string{"pull-requests: write"}, githubtest.Fault{}, 7, github.ErrGone, "the comments of pull request 7: HTTP 404: Not Found; nothing was posted", "check GITHUB_REPOSITORY"},
		"listing fails":   {[]string{"pull-requests: write"}, githubtest.Fault{Method: http.MethodGet, Status: 503}, 1, github.ErrUnavailable, "HTTP 503: Service Unavailable; nothing was posted", "again"},
		"posting fails":   {[]string{"pull-requests: write"}, githubtest.Fault{Method: http.MethodPost, Status: 502}, 1, github.ErrUnavailable, "if GitHub did not take the new one all the same", "again"},
		"it is locked":    {[]string{"pull-requests: write"}, githubtest.Fault{Method: http.MethodPost, Status: 422, Body: `{"message":"Unable to create comment because issue is locked."}`}, 1, github.ErrAnswer, "HTTP 422: Unable to create comment because issue is locked.; the comment is as it was", "again"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			g, client := pullRequest(t, tc.permissions...)
			if tc.fault.Status > 1 {
				g.Break(tc.fault)
			}
			refused(t, client.Comment(t.Context(), tc.number, "text"), tc.kind, tc.says, tc.next)
			require.Empty(t, g.Comments(1))
		})
	}
}

// TestLostAnswer has a comment that was posted though nobody said so: the next
// run finds it.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	g, client := pullRequest(t, "pull-requests: write")
	g.Break(githubtest.Fault{Method: http.MethodPost, Status: 502, After: true, Count: 1})
	refused(t, client.Comment(t.Context(), 1, "text"), github.ErrUnavailable, "if GitHub did not take the new one all the same", "again")
	require.Len(t, g.Comments(1), 1)
	require.NoError(t, client.Comment(t.Context(), 1, "text"))
	require.Len(t, g.Comments(1), 1)
}
