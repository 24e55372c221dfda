package github_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/github"
	"crane/internal/github/githubtest"
)

var ended = github.Wanted{Workflow: "deploy.yml", Event: "push", Branch: "main", Ended: true}

// with publishes a run of a conclusion that has uploaded artifacts of these names.
func with(g *githubtest.GitHub, conclusion string, edit func(map[string]any), names ...string) int64 {
	r := run(edit)
	r.Conclusion, r.Artifacts = conclusion, map[string]githubtest.Artifact{}
	for _, name := range names {
		r.Artifacts[name] = githubtest.Files(map[string]string{"one.json": "1"})
	}
	return g.Publish(r)
}

func TestHaving(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read", "contents: read")
	_, err := client.Having(t.Context(), ended, "a")
	refused(t, err, github.ErrNone, "there is no completed run of deploy.yml on main by push with an artifact a", "gh run list --workflow deploy.yml")

	green := with(g, "success", nil, "a", "b")
	with(g, "failure", nil)
	with(g, "failure", nil, "b")
	with(g, "failure", func(r map[string]any) { r["path"] = ".github/workflows/evil.yml" }, "a")
	with(g, "failure", func(r map[string]any) { r["head_branch"] = "feature" }, "a")
	with(g, "", func(r map[string]any) { r["status"], r["conclusion"] = "in_progress", nil }, "a")
	found, err := client.Having(t.Context(), ended, "a")
	require.NoError(t, err)
	require.Equal(t, green, found.ID, "the red ones have none, and the others are not wanted")

	red := with(g, "failure", nil, "a")
	with(g, "cancelled", nil)
	found, err = client.Having(t.Context(), ended, "a")
	require.NoError(t, err)
	require.Equal(t, red, found.ID)
	strict := ended
	strict.Ended = false
	found, err = client.Having(t.Context(), strict, "a")
	require.NoError(t, err)
	require.Equal(t, green, found.ID)

	g.Expire("a")
	_, err = client.Having(t.Context(), ended, "a")
	refused(t, err, github.ErrExpired, "the artifact has expired: a; nothing was fetched", "run the workflow that publishes it again")
	_, err = client.Having(t.Context(), ended, "c")
	refused(t, err, github.ErrNone, "with an artifact c", "gh run list")
}

// TestExpiredIsPassedOver has an expired artifact on the newest run.
func TestExpiredIsPassedOver(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read", "contents: read")
	with(g, "success", func(r map[string]any) { r["run_number"] = 9 }, "a")
	g.Expire("a")
	id := with(g, "failure", func(r map[string]any) { r["run_number"] = 8 }, "a")
	found, err := client.Having(t.Context(), ended, "a")
	require.NoError(t, err)
	require.Equal(t, id, found.ID)
}

// TestHavingHasAReach does not ask for ever, and goes on to a second page.
func TestHavingHasAReach(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read", "contents: read")
	id := with(g, "success", nil, "a")
	for range 40 {
		with(g, "failure", nil)
	}
	found, err := client.Having(t.Context(), ended, "a")
	require.NoError(t, err)
	require.Equal(t, id, found.ID)
	require.Len(t, g.Requests(), 2+1+2*41)

	for range 60 {
		with(g, "failure", nil)
	}
	g.Forget()
	_, err = client.Having(t.Context(), ended, "a")
	require.ErrorIs(t, err, github.ErrNone)
	require.Len(t, g.Requests(), 4+1+2*100)
}

// TestHavingFails with what GitHub says: that there is no artifact is not known.
func TestHavingFails(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read", "contents: read")
	with(g, "success", nil, "a")
	with(g, "failure", nil)
	g.Break(githubtest.Fault{Status: 503, Path: "artifacts"})
	_, err := client.Having(t.Context(), ended, "a")
	refused(t, err, github.ErrUnavailable, "the artifact a: HTTP 503", "run the same command again")
}
