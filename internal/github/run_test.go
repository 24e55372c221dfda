package github_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/github"
	"crane/internal/github/githubtest"
)

var deploy = github.Wanted{Workflow: "deploy.yml", Event: "push", Branch: "main"}

// run is one that is wanted, but for what a test changes.
func run(edit func(map[string]any)) githubtest.Run {
	return githubtest.Run{Workflow: "deploy.yml", Event: "push", Branch: "main", Commit: one, Edit: edit}
}

func TestNewest(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read", "contents: read")
	g.Publish(run(nil))
	second := run(nil)
	second.Commit = two
	id := g.Publish(second)
	for _, other := range []githubtest.Run{
		{Workflow: "deploy.yml", Event: "push", Branch: "main", Commit: one, Conclusion: "failure"},
		{Workflow: "deploy.yml", Event: "push", Branch: "feature", Commit: one},
		{Workflow: "deploy.yml", Event: "workflow_dispatch", Branch: "main", Commit: one},
		{Workflow: "promote.yml", Event: "push", Branch: "main", Commit: one},
	} {
		g.Publish(other)
	}
	newest, err := client.Newest(t.Context(), deploy)
	require.NoError(t, err)
	require.Equal(t, github.Run{ID: id, Number: 2, Commit: two, Workflow: "deploy.yml"}, newest)

	wanted := deploy
	wanted.Commit = one
	first, err := client.Newest(t.Context(), wanted)
	require.NoError(t, err)
	require.Equal(t, 1, first.Number)

	wanted.Commit = three
	g.Forget()
	_, err = client.Newest(t.Context(), wanted)
	refused(t, err, github.ErrNone, "there is no successful run of deploy.yml on main by push of commit 333333333333", "gh run list --workflow deploy.yml")
	require.Equal(t, "/repos/local/crane/actions/workflows/deploy.yml/runs?branch=main&event=push&head_sha="+wanted.Commit+"&per_page=30&status=success", g.Requests()[0].Path)
}

// TestOrderIsOurs has a GitHub that lists the newest run last.
func TestOrderIsOurs(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read", "contents: read")
	for _, number := range []int{7, 9, 8} {
		g.Publish(run(func(r map[string]any) { r["run_number"] = number }))
	}
	newest, err := client.Newest(t.Context(), deploy)
	require.NoError(t, err)
	require.Equal(t, 9, newest.Number)
}

// TestSearchIsNotBelieved has a GitHub whose search finds what was not asked for,
// or says less of it than it should.
func TestSearchIsNotBelieved(t *testing.T) {
	t.Parallel()
	set := func(name string, value any) func(map[string]any) {
		return func(r map[string]any) { r[name] = value }
	}
	edits := map[string]func(map[string]any){
		"failed":              set("conclusion", "failure"),
		"running":             set("status", "in_progress"),
		"another branch":      set("head_branch", "feature"),
		"another event":       set("event", "pull_request"),
		"another file":        set("path", ".github/workflows/evil.yml"),
		"a file elsewhere":    set("path", "x/.github/workflows/deploy.yml"),
		"the file of a ref":   set("path", ".github/workflows/deploy.yml@refs/heads/feature"),
		"the file of a tag":   set("path", ".github/workflows/deploy.yml@refs/tags/main"),
		"a fork":              set("head_repository", map[string]any{"id": 666, "full_name": "evil/crane"}),
		"another repository":  set("repository", map[string]any{"id": githubtest.RepositoryID, "full_name": "evil/crane"}),
		"no repository at id": set("repository", map[string]any{"full_name": githubtest.Repository}),
		"a short commit":      set("head_sha", "1111111"),
		"no number":           set("run_number", 0),
		"a negative id":       set("id", -1),
	}
	for _, field := range []string{"id", "run_number", "status", "conclusion", "head_branch", "event", "path", "head_sha", "repository", "head_repository"} {
		edits["without "+field] = func(r map[string]any) { delete(r, field) }
	}
	for what, edit := range edits {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			g, client := site(t, "actions: read", "contents: read")
			g.Publish(run(edit))
			_, err := client.Newest(t.Context(), deploy)
			refused(t, err, github.ErrNone, "there is no successful run of deploy.yml", "gh run list")
		})
	}
	for _, empty := range []github.Wanted{{Workflow: "deploy.yml", Event: "push"}, {Workflow: "deploy.yml", Branch: "main"}} {
		g, client := site(t, "actions: read", "contents: read")
		g.Publish(run(func(r map[string]any) { r["event"], r["head_branch"] = empty.Event, empty.Branch }))
		_, err := client.Newest(t.Context(), empty)
		require.ErrorIs(t, err, github.ErrNone, "what is not wanted matches nothing")
	}
}

func TestFileWithItsRef(t *testing.T) {
	t.Parallel()
	for _, path := range []string{".github/workflows/deploy.yml@main", ".github/workflows/deploy.yml@refs/heads/main"} {
		g, client := site(t, "actions: read", "contents: read")
		g.Publish(run(func(r map[string]any) { r["path"] = path }))
		_, err := client.Newest(t.Context(), deploy)
		require.NoError(t, err, path)
	}
}

// TestEnded lets failed runs in too, and takes nothing else more easily.
func TestEnded(t *testing.T) {
	t.Parallel()
	wanted := deploy
	wanted.Ended = true
	for _, conclusion := range []string{"success", "failure", "cancelled", "timed_out"} {
		g, client := site(t, "actions: read", "contents: read")
		r := run(nil)
		r.Conclusion = conclusion
		id := g.Publish(r)
		newest, err := client.Newest(t.Context(), wanted)
		require.NoError(t, err, conclusion)
		require.Equal(t, id, newest.ID)
		require.Equal(t, "/repos/local/crane/actions/workflows/deploy.yml/runs?branch=main&event=push&per_page=30&status=completed", g.Requests()[0].Path)
	}
	for field, value := range map[string]any{
		"status": "in_progress", "conclusion": nil, "head_branch": "feature", "event": "pull_request", "path": ".github/workflows/evil.yml",
		"head_repository": map[string]any{"id": 666, "full_name": "evil/crane"},
	} {
		g, client := site(t, "actions: read", "contents: read")
		g.Publish(run(func(r map[string]any) { r["conclusion"], r[field] = "failure", value }))
		_, err := client.Newest(t.Context(), wanted)
		refused(t, err, github.ErrNone, "there is no completed run of deploy.yml on main by push", "gh run list --workflow deploy.yml")
	}
}

// TestRunsOnLaterPages has the only run that is what it says behind forty that
// are not.
func TestRunsOnLaterPages(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read", "contents: read")
	id := g.Publish(run(nil))
	for range 40 {
		g.Publish(run(func(r map[string]any) { delete(r, "path") }))
	}
	newest, err := client.Newest(t.Context(), deploy)
	require.NoError(t, err)
	require.Equal(t, id, newest.ID)
	require.Len(t, g.Requests(), 4, "two pages, and the history of one run")
}

// TestEndlessLists has a GitHub whose lists have no end.
func TestEndlessLists(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read", "contents: read")
	g.Break(githubtest.Fault{Status: 200, Body: `{}`, Header: map[string]string{"Link": `<https://x?page=2>; rel="next"`}})
	_, err := client.Newest(t.Context(), deploy)
	refused(t, err, github.ErrAnswer, "the list has more than 100 pages; nothing was fetched", "run the same command again")
	require.Len(t, g.Requests(), 100)
}

func TestRunsNeedTheirPermission(t *testing.T) {
	t.Parallel()
	g, client := site(t, "issues: write", "pull-requests: write", "contents: read")
	g.Publish(run(nil))
	_, err := client.Newest(t.Context(), deploy)
	refused(t, err, github.ErrRefused, "HTTP 403: Resource not accessible by integration; nothing was fetched", "give the job the permission actions: read, and run it again")
}
