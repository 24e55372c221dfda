package github_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/github"
	"crane/internal/github/githubtest"
)

// tagged is a run on a tag that is called as the branch is.
func tagged(commit string) githubtest.Run {
	r := run(nil)
	r.Commit, r.Tag, r.Artifacts = commit, true, map[string]githubtest.Artifact{"a": githubtest.Files(map[string]string{"evil.json": "1"})}
	return r
}

// TestTagsAreNoBranch has a tag `main` whose run is the newest, on commits that
// stand in every way to those of the branch.
func TestTagsAreNoBranch(t *testing.T) {
	t.Parallel()
	for what, evil := range map[string][]string{"nothing in common": {three}, "on a commit of the branch": {three, one}, "unknown": nil, "ahead of the branch": {three, two, one}} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			g, client := site(t, "actions: read", "contents: read")
			g.Remember(func(of string) []string {
				return map[string][]string{"refs/heads/main": {two, one}, two: {two, one}, one: {one}, three: evil}[of]
			})
			id := with(g, "success", nil, "a")
			g.Publish(tagged(three))
			for _, wanted := range []github.Wanted{deploy, ended} {
				newest, err := client.Newest(t.Context(), wanted)
				require.NoError(t, err)
				require.Equal(t, id, newest.ID)
				found, err := client.Having(t.Context(), wanted, "a")
				require.NoError(t, err)
				require.Equal(t, id, found.ID)
			}
			wanted := deploy
			wanted.Commit = three
			_, err := client.Newest(t.Context(), wanted)
			refused(t, err, github.ErrNone, "there is no successful run of deploy.yml on main by push of commit 333333333333", "gh run list --workflow deploy.yml")
		})
	}
}

// TestOldCommits are in the history as well as the newest.
func TestOldCommits(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read", "contents: read")
	g.Remember(func(of string) []string {
		return map[string][]string{"refs/heads/main": {three, two, one}, three: {three, two, one}, one: {one}}[of]
	})
	id := g.Publish(run(nil))
	newest, err := client.Newest(t.Context(), deploy)
	require.NoError(t, err)
	require.Equal(t, id, newest.ID)
	require.Equal(t, "/repos/local/crane/compare/"+one+"..."+three+"?per_page=1", g.Requests()[2].Path)
}

// TestHistoryFails with what GitHub says: that a commit is not the branch's is not
// known, and no older run is taken in its place.
func TestHistoryFails(t *testing.T) {
	t.Parallel()
	ref := func(body string) githubtest.Fault {
		return githubtest.Fault{Path: "/git/ref/", Status: 200, Body: body}
	}
	for what, tc := range map[string]struct {
		fault      githubtest.Fault
		kind       error
		says, next string
	}{
		"no branch":      {githubtest.Fault{Path: "/git/ref/", Status: 404}, github.ErrGone, "the history of main: HTTP 404: Not Found; nothing was fetched", "contents: read"},
		"503 of it":      {githubtest.Fault{Path: "/git/ref/", Status: 503}, github.ErrUnavailable, "the history of main: HTTP 503", "again"},
		"another branch": {ref(`{"ref":"refs/heads/main2","object":{"sha":"` + one + `"}}`), github.ErrAnswer, "it does not say which commit is the newest", "again"},
		"a tag":          {ref(`{"ref":"refs/tags/main","object":{"sha":"` + one + `"}}`), github.ErrAnswer, "it does not say which commit", "again"},
		"several":        {ref(`[{"ref":"refs/heads/main","object":{"sha":"` + one + `"}}]`), github.ErrAnswer, "the history of main: ", "again"},
		"no commit":      {ref(`{"ref":"refs/heads/main"}`), github.ErrAnswer, "it does not say which commit", "again"},
		"null":           {ref(`null`), github.ErrAnswer, "it does not say which commit", "again"},
		"500":            {githubtest.Fault{Path: "/compare/", Status: 500}, github.ErrUnavailable, "the history of main: HTTP 500", "again"},
		"403":            {githubtest.Fault{Path: "/compare/", Status: 403}, github.ErrRefused, "the history of main: HTTP 403", "give the job the permission contents: read"},
		"moved":          {githubtest.Fault{Path: "/compare/", Status: 301, Header: map[string]string{"Location": "/repositories/1"}}, github.ErrGone, "HTTP 301, it has moved", "GITHUB_REPOSITORY"},
		"cut":            {githubtest.Fault{Path: "/compare/"}, github.ErrUnavailable, "the history of main: EOF", "again"},
		"no standing":    {githubtest.Fault{Path: "/compare/", Status: 200, Body: `{}`}, github.ErrAnswer, "it does not say how two commits stand to each other; nothing was fetched", "again"},
		"a new standing": {githubtest.Fault{Path: "/compare/", Status: 200, Body: `{"status":"Ahead"}`}, github.ErrAnswer, "it does not say how two commits stand", "again"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			g, client := site(t, "actions: read", "contents: read")
			with(g, "success", nil, "a")
			with(g, "success", nil, "a")
			g.Break(tc.fault)
			_, err := client.Newest(t.Context(), deploy)
			refused(t, err, tc.kind, tc.says, tc.next)
			_, err = client.Having(t.Context(), deploy, "a")
			refused(t, err, tc.kind, tc.says, tc.next)
		})
	}
}

func TestHistoryNeedsItsPermission(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read")
	g.Publish(run(nil))
	_, err := client.Newest(t.Context(), deploy)
	refused(t, err, github.ErrRefused, "the history of main: HTTP 403: Resource not accessible by integration; nothing was fetched", "give the job the permission contents: read, and run it again")
}

// TestHistoryOfGit has the history of a repository on this machine, with a tag that
// is called as the branch is.
func TestHistoryOfGit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	git := func(args ...string) string {
		out, err := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=n", "-c", "user.email=e@example.com"}, args...)...).CombinedOutput()
		require.NoError(t, err, string(out))
		return strings.TrimSpace(string(out))
	}
	git("init", "-q", "-b", "main")
	git("commit", "-q", "--allow-empty", "-m", "one")
	first := git("rev-parse", "HEAD")
	git("commit", "-q", "--allow-empty", "-m", "two")
	evil := git("commit-tree", "-m", "evil", "HEAD^{tree}")
	git("tag", "main", evil)

	g, client := site(t, "actions: read", "contents: read")
	g.Remember(githubtest.Git(dir))
	r := run(nil)
	r.Commit = first
	id := g.Publish(r)
	g.Publish(tagged(evil))
	newest, err := client.Newest(t.Context(), deploy)
	require.NoError(t, err)
	require.Equal(t, id, newest.ID)
}
