package github

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	api "github.com/google/go-github/v88/github"

	"crane/internal/hint"
)

// Wanted is a kind of run: all fields but Commit are required.
type Wanted struct {
	// Workflow is a file in .github/workflows, Event what starts it, such as push.
	Workflow, Event string
	// Branch is what the run is of.
	Branch string
	// Commit is 40 hexadecimal digits; empty means any.
	Commit string
}

func (w Wanted) String() string {
	text := fmt.Sprintf("successful run of %s on %s by %s", w.Workflow, w.Branch, w.Event)
	if w.Commit != "" {
		text += fmt.Sprintf(" of commit %.12s", w.Commit)
	}
	return text
}

// Run is a run that succeeded.
type Run struct {
	// ID is GitHub's, Number counts the runs of the workflow.
	ID     int64
	Number int
	// Commit is what it ran on, 40 hexadecimal digits.
	Commit string
	// Workflow is the file.
	Workflow string
}

// Newest is the run with the highest number of those that are wanted, or
// ErrNone. It needs the permission actions: read.
//
// GitHub selects by the same fields, at
// https://docs.github.com/en/rest/actions/workflow-runs. That is a search, and
// what follows from a run is too much for a search to be believed: each field is
// looked at again here, and one that is missing is no match.
func (c *Client) Newest(ctx context.Context, w Wanted) (Run, error) {
	options := &api.ListWorkflowRunsOptions{Branch: w.Branch, Event: w.Event, Status: "success", HeadSHA: w.Commit}
	var found []Run
	err := seek(call{"the runs of " + w.Workflow, "nothing was fetched", "actions: read"},
		func(page api.ListOptions) ([]*api.WorkflowRun, *api.Response, error) {
			options.ListOptions = page
			list, response, err := c.api.Actions.ListWorkflowRunsByFileName(ctx, c.owner, c.name, w.Workflow, options)
			return runs(list), response, err
		},
		func(page []*api.WorkflowRun) bool { // the newest come first
			found = c.matching(w, page)
			return len(found) > 0
		})
	if err == nil && len(found) == 0 {
		err = hint.Wrap(fmt.Errorf("%w: there is no %s", ErrNone, w), "gh run list --workflow "+w.Workflow)
	}
	if err != nil {
		return Run{}, err
	}
	return slices.MaxFunc(found, func(a, b Run) int { return cmp.Compare(a.Number, b.Number) }), nil
}

func runs(list *api.WorkflowRuns) []*api.WorkflowRun {
	if list == nil {
		return nil
	}
	return list.WorkflowRuns
}

func (c *Client) matching(w Wanted, page []*api.WorkflowRun) []Run {
	var found []Run
	for _, r := range page {
		if w.matches(r) && strings.EqualFold(r.GetRepository().GetFullName(), c.owner+"/"+c.name) {
			found = append(found, Run{ID: r.GetID(), Number: r.GetRunNumber(), Commit: r.GetHeadSHA(), Workflow: w.Workflow})
		}
	}
	return found
}

var fullCommit = regexp.MustCompile(`^[0-9a-f]{40}$`)

// matches holds a run against what is wanted. A run of a fork has the fork as
// its head repository.
func (w Wanted) matches(r *api.WorkflowRun) bool {
	repository, head := r.GetRepository().GetID(), r.GetHeadRepository().GetID()
	return r.GetID() > 0 && r.GetRunNumber() > 0 &&
		r.GetStatus() == "completed" && r.GetConclusion() == "success" &&
		is(r.Event, w.Event) && is(r.HeadBranch, w.Branch) && w.file(r.GetPath()) &&
		fullCommit.MatchString(r.GetHeadSHA()) && (w.Commit == "" || is(r.HeadSHA, w.Commit)) &&
		repository > 0 && repository == head
}

func is(has *string, want string) bool { return has != nil && want != "" && *has == want }

// file tells the workflow's own file, which GitHub's examples show with the
// branch behind it and its answers without.
func (w Wanted) file(path string) bool {
	file, ref, qualified := strings.Cut(path, "@")
	return file == ".github/workflows/"+w.Workflow && (!qualified || strings.TrimPrefix(ref, "refs/heads/") == w.Branch)
}
