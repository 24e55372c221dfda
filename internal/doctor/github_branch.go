package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/go-github/v88/github"
)

// branch are the checks of what may become of the gate's branch. A rule of a
// ruleset does, and so does the older protection of a branch, see
// https://docs.github.com/en/rest/repos/rules and
// https://docs.github.com/en/rest/branches/branch-protection.
func (h hub) branch() []Check {
	at, fix := h.Gate.Branch, h.settings("rules")+": a ruleset for "+h.Gate.Branch+" that is active, "
	return []Check{
		h.ruled("pull-request", at+" changes by pull request, and somebody approves it",
			"whoever can push would change what is promoted, and by whom", fix+"“Require a pull request”, one approval", demand{
				rules: func(r *github.BranchRules) bool { return slices.ContainsFunc(r.PullRequest, approved) },
				classic: func(p *github.Protection) bool {
					return p.GetRequiredPullRequestReviews().GetRequiredApprovingReviewCount() > 0
				},
			}),
		h.ruled("force-push", at+" cannot be rewritten",
			"what was reviewed could be replaced by what was not", fix+"“Block force pushes”", demand{
				rules:   func(r *github.BranchRules) bool { return len(r.NonFastForward) > 0 },
				classic: func(p *github.Protection) bool { return p.AllowForcePushes != nil && !p.AllowForcePushes.Enabled },
			}),
		h.ruled("deletion", at+" cannot be deleted",
			"it could be made anew from anything, without a review", fix+"“Restrict deletions”", demand{
				rules:   func(r *github.BranchRules) bool { return len(r.Deletion) > 0 },
				classic: func(p *github.Protection) bool { return p.AllowDeletions != nil && !p.AllowDeletions.Enabled },
			}),
		h.ruled("check", fmt.Sprintf("nothing is merged into %s without the check %s", at, h.Protection.Check),
			"the tests that keep latches, workflows and gate in place would not have to pass",
			fix+"“Require status checks to pass”, "+h.Protection.Check, demand{rules: h.checked, classic: h.checkedClassic}),
		h.ruled("code-owners", "code owners review what is theirs in "+at,
			"somebody could change the gate with the approval of anybody", fix+"“Require review from Code Owners”", demand{
				rules:   func(r *github.BranchRules) bool { return slices.ContainsFunc(r.PullRequest, byOwners) },
				classic: func(p *github.Protection) bool { return p.GetRequiredPullRequestReviews().GetRequireCodeOwnerReviews() },
			}),
		{
			ID: "github.branch.bypass", Title: "nobody is exempt from the rules of " + at,
			Why:  "who is exempt pushes to it without review, and so does what runs as them",
			Fix:  h.settings("rules") + ": the ruleset's “Bypass list”, empty; or “Do not allow bypassing”",
			look: h.exempt,
		},
		h.owned(),
	}
}

// demand is one thing that either kind of protection can ask for.
type demand struct {
	rules   func(*github.BranchRules) bool
	classic func(*github.Protection) bool
}

func (h hub) ruled(id, title, why, fix string, d demand) Check {
	return Check{ID: "github.branch." + id, Title: title, Why: why, Fix: fix, look: func(ctx context.Context) Seen {
		rules, classic, err := h.protections(ctx)
		switch {
		case rules != nil && d.rules(rules):
			return ok("a ruleset demands it")
		case classic != nil && d.classic(classic):
			return ok("the branch's protection demands it")
		case err != nil:
			return blind(err)
		}
		return wrong("no ruleset demands it, and no protection of the branch")
	}}
}

// protections are the two kinds. The error is why one of them was not seen; that
// a branch has no protection of the older kind is none.
func (h hub) protections(ctx context.Context) (*github.BranchRules, *github.Protection, error) {
	rules, rulesErr := h.rules.get(func() (*github.BranchRules, error) {
		r, _, err := h.client.Repositories.ListRulesForBranch(ctx, h.owner, h.name, h.Gate.Branch, &github.ListOptions{PerPage: 100})
		if err == nil && r == nil {
			err = errAnswer
		}
		return r, failed(err)
	})
	classic, err := h.classic.get(func() (*github.Protection, error) {
		p, _, err := h.client.Repositories.GetBranchProtection(ctx, h.owner, h.name, h.Gate.Branch)
		if errors.Is(err, github.ErrBranchNotProtected) {
			return nil, nil
		}
		if err == nil && p == nil {
			err = errAnswer
		}
		return p, failed(err)
	})
	return rules, classic, errors.Join(rulesErr, err)
}

func approved(r *github.PullRequestBranchRule) bool {
	return r.Parameters.RequiredApprovingReviewCount > 0
}

func byOwners(r *github.PullRequestBranchRule) bool { return r.Parameters.RequireCodeOwnerReview }

func (h hub) checked(r *github.BranchRules) bool {
	return slices.ContainsFunc(r.RequiredStatusChecks, func(rule *github.RequiredStatusChecksBranchRule) bool {
		return slices.ContainsFunc(rule.Parameters.RequiredStatusChecks, func(c *github.RuleStatusCheck) bool { return c.Context == h.Protection.Check })
	})
}

func (h hub) checkedClassic(p *github.Protection) bool {
	required := p.GetRequiredStatusChecks()
	if required == nil {
		return false
	}
	if required.Checks != nil && slices.ContainsFunc(*required.Checks, func(c *github.RequiredStatusCheck) bool { return c.Context == h.Protection.Check }) {
		return true
	}
	return required.Contexts != nil && slices.Contains(*required.Contexts, h.Protection.Check)
}
