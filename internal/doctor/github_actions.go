package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/go-github/v88/github"
)

// actions are the checks of what workflows may do and read, see
// https://docs.github.com/en/rest/actions/permissions.
func (h hub) actions() []Check {
	return []Check{{
		ID: "github.actions.token", Title: "the default token of a workflow can only read",
		Why:  "a workflow that names no permissions could write to the repository",
		Fix:  h.api("PUT", "/actions/permissions/workflow", "-f default_workflow_permissions=read"),
		look: h.defaultToken,
	}, {
		ID: "github.actions.approve", Title: "a workflow cannot approve pull requests",
		Why:  "a workflow could be the review that main demands",
		Fix:  h.api("PUT", "/actions/permissions/workflow", "-F can_approve_pull_request_reviews=false"),
		look: h.approves,
	}, {
		ID: "github.actions.allowed", Title: "actions are selected, or pinned by commit",
		Why:  "a tag can be moved to other code, which then runs in the job that promotes",
		Fix:  h.api("PUT", "/actions/permissions", "-F enabled=true -f allowed_actions=all -F sha_pinning_required=true"),
		look: h.allowed,
	}, {
		ID: "github.secrets.repository", Title: "the repository has no secrets of its own",
		Why:  "every workflow on every branch can read them, and production's come from Infisical",
		Fix:  "gh secret delete NAME --repo " + h.Gate.Repository + ", then make a new value of what it held",
		look: h.none("actions/secrets", "actions/organization-secrets"),
	}, {
		ID: "github.secrets.production", Title: fmt.Sprintf("the environment %s has no secrets", h.Gate.Promote.Environment),
		Why:  "what is kept here lives long and is released without the claims that Infisical looks at",
		Fix:  fmt.Sprintf("gh secret delete NAME --env %s --repo %s", h.Gate.Promote.Environment, h.Gate.Repository),
		look: h.none("environments/" + h.Gate.Promote.Environment + "/secrets"),
	}}
}

func (h hub) defaultToken(ctx context.Context) Seen {
	p, err := h.workflow(ctx)
	if err != nil {
		return blind(err)
	}
	return unless(differs(p.GetDefaultWorkflowPermissions(), "read", "the default is "), "the default is read")
}

func (h hub) approves(ctx context.Context) Seen {
	p, err := h.workflow(ctx)
	if err == nil && p.CanApprovePullRequestReviews == nil {
		err = errAnswer
	}
	if err != nil {
		return blind(err)
	}
	if *p.CanApprovePullRequestReviews {
		return wrong("a workflow may create and approve pull requests")
	}
	return ok("it may not")
}

// none is right when there is no secret under any of the paths.
func (h hub) none(paths ...string) func(context.Context) Seen {
	return func(ctx context.Context) Seen {
		var all []string
		for _, path := range paths {
			names, err := h.secrets(ctx, path)
			if err != nil {
				return blind(err)
			}
			all = append(all, names...)
		}
		if len(all) > 0 {
			return wrong("there are " + strings.Join(all, ", "))
		}
		return ok("there are none")
	}
}

func (h hub) workflow(ctx context.Context) (*github.DefaultWorkflowPermissionRepository, error) {
	return h.defaults.get(func() (*github.DefaultWorkflowPermissionRepository, error) {
		p, _, err := h.client.Repositories.GetDefaultWorkflowPermissions(ctx, h.owner, h.name)
		if err == nil && p.GetDefaultWorkflowPermissions() == "" {
			err = errAnswer
		}
		return p, failed(err)
	})
}
