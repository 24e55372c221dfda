package github

import (
	"context"
	"net/http"

	api "github.com/google/go-github/v88/github"
)

// history is what led to the newest commit of a branch. A run says of its branch no
// more than a name, and a tag may have the same one: whoever may push tags could
// make a run of a workflow of their own look like the branch's. That its commit is
// in the branch's history is what no tag can bring about.
type history struct {
	client *Client
	branch string
	head   string // empty until somebody asks
}

// has reports whether a commit is in it. It needs the permission contents: read.
func (h *history) has(ctx context.Context, commit string) (bool, error) {
	if h.head == "" {
		head, err := h.newest(ctx)
		if err != nil {
			return false, err
		}
		h.head = head
	}
	return h.precedes(ctx, commit)
}

// newest asks for the branch's commit, and takes nothing else with that name:
// https://docs.github.com/en/rest/git/refs#get-a-reference.
func (h *history) newest(ctx context.Context) (string, error) {
	ref, _, err := h.client.api.Git.GetRef(ctx, h.client.owner, h.client.name, "heads/"+h.branch)
	if err != nil {
		return "", h.asking().failure(err)
	}
	if commit := ref.GetObject().GetSHA(); ref != nil && is(ref.Ref, "refs/heads/"+h.branch) && fullCommit.MatchString(commit) {
		return commit, nil
	}
	return "", h.asking().fails(ErrAnswer, "it does not say which commit is the newest", again)
}

// precedes asks how the newest commit stands to another:
// https://docs.github.com/en/rest/commits/commits#compare-two-commits. Of one that
// it does not have, or that has no ancestor in common, GitHub says HTTP 404, such
// as in https://github.com/github-changelog-generator/github-changelog-generator/issues/695;
// that the token may read the history is known by then.
func (h *history) precedes(ctx context.Context, commit string) (bool, error) {
	c := h.client
	compared, response, err := c.api.Repositories.CompareCommits(ctx, c.owner, c.name, commit, h.head, &api.ListOptions{PerPage: 1})
	if response != nil && response.Response != nil && response.StatusCode == http.StatusNotFound {
		return false, nil
	}
	if err != nil {
		return false, h.asking().failure(err)
	}
	switch compared.GetStatus() {
	case "ahead", "identical":
		return true, nil
	case "behind", "diverged":
		return false, nil
	}
	return false, h.asking().fails(ErrAnswer, "it does not say how two commits stand to each other", again)
}

func (h *history) asking() call {
	return call{"the history of " + h.branch, "nothing was fetched", "contents: read"}
}
