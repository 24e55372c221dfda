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

// Wanted is a kind of run: all fields but Commit and Ended are required.
type Wanted struct {
	// Workflow is a file in .github/workflows, Event what starts it, such as push.
	Workflow, Event string
	// Branch is what the run is of: its commit is in the branch's history.
	Branch string
	// Commit is 40 hexadecimal digits; empty means any.
	Commit string
	// Ended lets in every run that has ended, whatever came of it: those that only
	// say where to look for what proves itself. Else a run has to have succeeded.
	Ended bool
}

func (w Wanted) String() string {
	kind := map[bool]string{false: "successful", true: "completed"}[w.Ended]
	text := fmt.Sprintf("%s run of %s on %s by %s", kind, w.Workflow, w.Branch, w.Event)
	if w.Commit != "" {
		text += fmt.Sprintf(" of commit %.12s", w.Commit)
	}
	return text
}

// Run is a run that has ended.
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
// ErrNone. It needs the permissions actions: read and contents: read.
//
// GitHub selects by the same fields, at
// https://docs.github.com/en/rest/actions/workflow-runs. That is a search, and
// what follows from a run is too much for a search to be believed: each field is
// looked at again here, and one that is missing is no match.
func (c *Client) Newest(ctx context.Context, w Wanted) (Run, error) {
	found := Run{}
	err := c.search(ctx, w, func(run Run) (bool, error) {
		found = run
		return true, nil
	})
	if err == nil && found == (Run{}) {
		err = w.none("")
	}
	return found, err
}

func (w Wanted) none(with string) error {
	return hint.Wrap(fmt.Errorf("%w: there is no %s%s", ErrNone, w, with), "gh run list --workflow "+w.Workflow)
}

// search hands the runs that are wanted to take, until it has what it looks for or
// fails: the newest come first, by GitHub's pages, and by number in each of them.
func (c *Client) search(ctx context.Context, w Wanted, take func(Run) (done bool, err error)) error {
	options := &api.ListWorkflowRunsOptions{Branch: w.Branch, Event: w.Event, Status: w.status(), HeadSHA: w.Commit}
	past := history{client: c, branch: w.Branch}
	var failure error
	err := seek(call{"the runs of " + w.Workflow, "nothing was fetched", "actions: read"},
		func(page api.ListOptions) ([]*api.WorkflowRun, *api.Response, error) {
			options.ListOptions = page
			list, response, err := c.api.Actions.ListWorkflowRunsByFileName(ctx, c.owner, c.name, w.Workflow, options)
			return runs(list), response, err
		},
		func(page []*api.WorkflowRun) bool {
			return slices.ContainsFunc(c.matching(w, page), func(run Run) bool {
				done, err := past.has(ctx, run.Commit)
				if done && err == nil {
					done, err = take(run)
				}
				failure = err
				return done || err != nil
			})
		})
	return cmp.Or(err, failure)
}

// status is what GitHub's search takes for a status: a conclusion, or that there
// is one.
func (w Wanted) status() string {
	if w.Ended {
		return "completed"
	}
	return "success"
}

func runs(list *api.WorkflowRuns) []*api.WorkflowRun {
	if list == nil {
		return nil
	}
	return list.WorkflowRuns
}

// matching are those that are wanted, the newest first.
func (c *Client) matching(w Wanted, page []*api.WorkflowRun) []Run {
	var found []Run
	for _, r := range page {
		if w.matches(r) && strings.EqualFold(r.GetRepository().GetFullName(), c.owner+"/"+c.name) {
			found = append(found, Run{ID: r.GetID(), Number: r.GetRunNumber(), Commit: r.GetHeadSHA(), Workflow: w.Workflow})
		}
	}
	slices.SortFunc(found, func(a, b Run) int { return cmp.Compare(b.Number, a.Number) })
	return found
}

var fullCommit = regexp.MustCompile(`^[0-9a-f]{40}$`)

// matches holds a run against what is wanted. A run of a fork has the fork as
// its head repository.
func (w Wanted) matches(r *api.WorkflowRun) bool {
	repository, head := r.GetRepository().GetID(), r.GetHeadRepository().GetID()
	return r.GetID() > 0 && r.GetRunNumber() > 0 &&
		r.GetStatus() == "completed" && (r.GetConclusion() == "success" || w.Ended && r.GetConclusion() != "") &&
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
