package github

import (
	"context"
	"fmt"
	"slices"

	api "github.com/google/go-github/v88/github"

	"crane/internal/hint"
)

// Label is the label of our issue.
const Label = "crane"

// mended is what is said when an issue is closed.
const mended = "It is right again."

// aboutIssue is what a request about the issue is about.
func aboutIssue(kept string) call {
	return call{"the issue with the label " + Label, kept, "issues: write"}
}

// unsure is what is left when GitHub does not say whether it took a change.
const unsure = "the issue is as it was, if GitHub did not take the change all the same"

// Open makes a title and a text those of the one open issue of ours, which is
// opened when there is none. An equal one is not sent again, and nobody else's
// issue is touched. A text with more than MaxBody characters is ErrTooLong. It
// needs the permission issues: write.
func (c *Client) Open(ctx context.Context, title, text string) error {
	body, err := marked(issueMarker, text)
	if err != nil {
		return err
	}
	before, err := c.issue(ctx)
	if err != nil {
		return err
	}
	if before == nil {
		return c.create(ctx, &api.IssueRequest{Title: &title, Body: &body, Labels: &[]string{Label}})
	}
	if before.GetTitle() == title && same(before.GetBody(), body) {
		return nil
	}
	_, _, err = c.api.Issues.Edit(ctx, c.owner, c.name, before.GetNumber(), &api.IssueRequest{Title: &title, Body: &body})
	return aboutIssue(unsure).failure(err)
}

// create opens the issue. GitHub drops a label without a word for whoever may
// not give one, and without it the issue would be opened again and again:
// https://docs.github.com/en/rest/issues/issues#create-an-issue
func (c *Client) create(ctx context.Context, request *api.IssueRequest) error {
	made, _, err := c.api.Issues.Create(ctx, c.owner, c.name, request)
	if err != nil {
		return aboutIssue("none was opened, if GitHub did not do so all the same").failure(err)
	}
	if !labelled(made) {
		return hint.Wrap(fmt.Errorf("%w: issue %d was opened, and did not get the label %s", ErrAnswer, made.GetNumber(), Label),
			fmt.Sprintf("gh issue edit %d --add-label %s", made.GetNumber(), Label))
	}
	return nil
}

// Close closes the open issue of ours, if there is one, and says in a comment
// that it is right again. It needs the permission issues: write.
func (c *Client) Close(ctx context.Context) error {
	before, err := c.issue(ctx)
	if err != nil || before == nil {
		return err
	}
	_, _, err = c.api.Issues.CreateComment(ctx, c.owner, c.name, before.GetNumber(), &api.IssueComment{Body: new(mended)})
	if err != nil {
		return aboutIssue(unsure).failure(err)
	}
	_, _, err = c.api.Issues.Edit(ctx, c.owner, c.name, before.GetNumber(), &api.IssueRequest{State: new("closed"), StateReason: new("completed")})
	return aboutIssue("it has the comment and is open, if GitHub did not close it all the same").failure(err)
}

// issue finds the open issue of ours, nil when there is none.
func (c *Client) issue(ctx context.Context) (found *api.Issue, err error) {
	err = seek(aboutIssue("no issue was changed"),
		func(page api.ListOptions) ([]*api.Issue, *api.Response, error) {
			return c.api.Issues.ListByRepo(ctx, c.owner, c.name, &api.IssueListByRepoOptions{State: "open", Labels: []string{Label}, ListOptions: page})
		},
		func(page []*api.Issue) bool {
			for _, each := range page {
				if each.GetNumber() > 0 && each.GetState() == "open" && !each.IsPullRequest() && labelled(each) &&
					ours(each.GetUser(), each.GetBody(), issueMarker) {
					found = each
					return true
				}
			}
			return false
		})
	return found, err
}

func labelled(issue *api.Issue) bool {
	return slices.ContainsFunc(issue.Labels, func(l *api.Label) bool { return l.GetName() == Label })
}
