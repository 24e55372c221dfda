package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/go-github/v88/github"
)

// environments are the checks of what the two environments let through, see
// https://docs.github.com/en/rest/deployments/environments.
func (h hub) environments() []Check {
	promote, deploy := h.Gate.Promote.Environment, h.Gate.Deploy.Environment
	return append(append(h.limited("production", promote), h.limited("staging", deploy)...), Check{
		ID: "github.environment.production.bypass", Title: "administrators cannot bypass the rules of " + promote,
		Why:  "it is on unless it is taken off, and then whoever administers approves alone",
		Fix:  h.settings("environments") + ": " + promote + ", uncheck “Allow administrators to bypass”",
		look: h.bypass,
	})
}

// limited are the checks that both environments have. An id has the stack's name
// and a title the environment's.
func (h hub) limited(stack, name string) []Check {
	return []Check{{
		ID: "github.environment." + stack, Title: fmt.Sprintf("the environment %s exists", name),
		Why: "GitHub makes one that is missing, without a single rule, when a job first names it",
		Fix: h.api("PUT", "/environments/"+name, ""),
		look: func(ctx context.Context) Seen {
			if _, err := h.environment(ctx, name); err != nil {
				return absent(err)
			}
			return ok("it does")
		},
	}, {
		ID: "github.environment." + stack + ".branch", Title: fmt.Sprintf("only %s can deploy to %s", h.Gate.Branch, name),
		Why: "a job on any other branch could name the environment and have what it gives out",
		Fix: fmt.Sprintf("%s: %s, “Selected branches and tags”, the branch %s alone", h.settings("environments"), name, h.Gate.Branch),
		look: func(ctx context.Context) Seen {
			return h.selected(ctx, name)
		},
	}}
}

// absent tells an environment that is missing from one that was not seen.
func absent(err error) Seen {
	if errors.Is(err, errAbsent) {
		return wrong("there is none")
	}
	return blind(err)
}

// selected goes by the kind of rule first.
func (h hub) selected(ctx context.Context, name string) Seen {
	e, err := h.environment(ctx, name)
	if err != nil {
		return absent(err)
	}
	switch p := e.DeploymentBranchPolicy; {
	case e.GetName() == "":
		return blind(errAnswer)
	case p == nil:
		return wrong("any branch and any tag can")
	case p.GetCustomBranchPolicies():
		return h.policies(ctx, name)
	case p.GetProtectedBranches():
		return h.protectedOnly(ctx)
	}
	return blind(errAnswer)
}

// policies has to be one, of the branch: a tag may have its name.
func (h hub) policies(ctx context.Context, name string) Seen {
	list, _, err := h.client.Repositories.ListDeploymentBranchPolicies(ctx, h.owner, h.name, url.PathEscape(name), nil)
	if err == nil && list.TotalCount == nil {
		err = errAnswer
	}
	if err != nil {
		return blind(failed(err))
	}
	var can []string
	for _, p := range list.BranchPolicies {
		kind := p.GetType()
		if kind == "" {
			kind = "branch"
		}
		can = append(can, kind+" "+p.GetName())
	}
	return unless(differs(strings.Join(can, ", "), "branch "+h.Gate.Branch, "those that can: "), "no other branch and no tag")
}

// protectedOnly lets every branch through while none is protected, see
// https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments.
func (h hub) protectedOnly(ctx context.Context) Seen {
	b, err := h.main(ctx)
	switch {
	case err != nil:
		return blind(err)
	case !b.GetProtected():
		return wrong(fmt.Sprintf("“protected branches only”, and %s is not protected: while no branch is, all can", h.Gate.Branch))
	}
	return weak("“protected branches only”: whoever can protect a branch can deploy from it")
}

// main is the gate's branch.
func (h hub) main(ctx context.Context) (*github.Branch, error) {
	return h.GitHub.branch.get(func() (*github.Branch, error) {
		b, _, err := h.client.Repositories.GetBranch(ctx, h.owner, h.name, h.Gate.Branch, 0)
		if err == nil && b.Protected == nil {
			err = errAnswer
		}
		return b, failed(err)
	})
}

func (h hub) bypass(ctx context.Context) Seen {
	e, err := h.environment(ctx, h.Gate.Promote.Environment)
	if err == nil && e.CanAdminsBypass == nil {
		err = errAnswer
	}
	switch {
	case err != nil:
		return absent(err)
	case *e.CanAdminsBypass:
		return wrong("they can")
	}
	return ok("they cannot")
}
