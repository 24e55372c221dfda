package doctor

import (
	"context"
	"fmt"

	"github.com/google/go-github/v88/github"
)

// exempt looks at who need not follow what demands the pull request.
func (h hub) exempt(ctx context.Context) Seen {
	rules, classic, err := h.protections(ctx)
	switch {
	case rules != nil && len(rules.PullRequest) > 0:
		return h.exemptFrom(ctx, rules.PullRequest)
	case classic.GetRequiredPullRequestReviews() != nil:
		return exemptClassic(classic)
	case err != nil:
		return blind(err)
	}
	return wrong("nothing demands a pull request, of anybody")
}

// exemptFrom is right when one of the rulesets spares nobody: all of them hold.
// GitHub shows the list only to who may change the ruleset, see
// https://docs.github.com/en/rest/repos/rules#get-a-repository-ruleset.
func (h hub) exemptFrom(ctx context.Context, rules []*github.PullRequestBranchRule) Seen {
	seen := blind(errAnswer)
	for _, r := range rules {
		set, _, err := h.client.Repositories.GetRuleset(ctx, h.owner, h.name, r.RulesetID, true)
		switch {
		case err != nil:
			seen = blind(failed(err))
		case set.BypassActors == nil:
			seen = unseen("the ruleset's bypass list is shown to who may change it only", permissions+", with write access to administration")
		case len(set.BypassActors) == 0:
			return ok("the bypass list is empty")
		default:
			seen = wrong(fmt.Sprintf("the bypass list of %s has %d entries", set.Name, len(set.BypassActors)))
		}
	}
	return seen
}

func exemptClassic(p *github.Protection) Seen {
	reviews := p.GetRequiredPullRequestReviews()
	if a := reviews.GetBypassPullRequestAllowances(); a != nil && len(a.Users)+len(a.Teams)+len(a.Apps) > 0 {
		return wrong("some need no pull request")
	}
	if e := p.GetEnforceAdmins(); e == nil || !e.Enabled {
		return wrong("administrators are")
	}
	return ok("administrators are not")
}
