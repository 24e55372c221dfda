package github

import (
	"context"
	"fmt"

	api "github.com/google/go-github/v88/github"
)

// Comment makes a text the one comment of ours on a pull request: posts it, or
// puts it in the place of the one before. An equal one is not sent again, and
// nobody else's comment is touched. A text with more than MaxBody characters is
// ErrTooLong. It needs the permission pull-requests: write.
func (c *Client) Comment(ctx context.Context, pullRequest int, text string) error {
	body, err := marked(commentMarker, text)
	if err != nil {
		return err
	}
	about := call{fmt.Sprintf("the comments of pull request %d", pullRequest), "nothing was posted", "pull-requests: write"}
	before, err := c.comment(ctx, about, pullRequest)
	if err != nil || before != nil && same(before.GetBody(), body) {
		return err
	}
	about.kept = "the comment is as it was, if GitHub did not take the new one all the same"
	if before != nil {
		_, _, err = c.api.Issues.EditComment(ctx, c.owner, c.name, before.GetID(), &api.IssueComment{Body: &body})
	} else {
		_, _, err = c.api.Issues.CreateComment(ctx, c.owner, c.name, pullRequest, &api.IssueComment{Body: &body})
	}
	return about.failure(err)
}

// comment finds the comment of ours, nil when there is none.
func (c *Client) comment(ctx context.Context, about call, pullRequest int) (found *api.IssueComment, err error) {
	err = seek(about,
		func(page api.ListOptions) ([]*api.IssueComment, *api.Response, error) {
			return c.api.Issues.ListComments(ctx, c.owner, c.name, pullRequest, &api.IssueListCommentsOptions{ListOptions: page})
		},
		func(page []*api.IssueComment) bool {
			for _, each := range page {
				if each.GetID() > 0 && ours(each.GetUser(), each.GetBody(), commentMarker) {
					found = each
					return true
				}
			}
			return false
		})
	return found, err
}
