package doctor

import (
	"context"
	"fmt"
	"strconv"

	"github.com/google/go-github/v88/github"
)

// sparedBy looks at one ruleset. GitHub shows the list only to who may change it,
// see https://docs.github.com/en/rest/repos/rules#get-a-repository-ruleset.
func (h hub) sparedBy(ctx context.Context, id int64) Seen {
	set, err := h.rulesets.get(strconv.FormatInt(id, 10), func() (*github.RepositoryRuleset, error) {
		set, _, err := h.client.Repositories.GetRuleset(ctx, h.owner, h.name, id, true)
		if err == nil && set.Enforcement == "" {
			err = errAnswer
		}
		return set, failed(err)
	})
	switch {
	case err != nil:
		return blind(err)
	case set.Enforcement != github.RulesetEnforcementActive:
		return wrong(fmt.Sprintf("%s is %s", set.Name, set.Enforcement))
	case set.BypassActors == nil:
		return unseen("the ruleset's bypass list is shown to who may change it only", permissions+", with write access to administration")
	}
	if n := len(set.BypassActors); n > 0 {
		return wrong(fmt.Sprintf("the bypass list of %s has %d entries", set.Name, n))
	}
	return ok("the bypass list is empty")
}

func (d demand) sparedByClassic(p *github.Protection) Seen {
	if d.spares == nil {
		return ok("nobody is")
	}
	return unless(d.spares(p), "nobody is")
}

// administrators are spared of all but force pushes and deletions, which the
// older kind forbids everybody or nobody.
func administrators(p *github.Protection) string {
	if e := p.GetEnforceAdmins(); e == nil || !e.Enabled {
		return "administrators are exempt"
	}
	return ""
}

func unreviewing(p *github.Protection) string {
	reviews := p.GetRequiredPullRequestReviews()
	if a := reviews.GetBypassPullRequestAllowances(); a != nil && len(a.Users)+len(a.Teams)+len(a.Apps) > 0 {
		return "some need no pull request"
	}
	return administrators(p)
}
