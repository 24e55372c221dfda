package doctor

import (
	"context"
	"errors"

	"github.com/google/go-github/v88/github"
)

// branch are the checks of what may become of the gate's branch. A rule of a
// ruleset does, and so does the older protection of a branch, see
// https://docs.github.com/en/rest/repos/rules and
// https://docs.github.com/en/rest/branches/branch-protection.
func (h hub) branch() []Check {
	var all []Check
	for _, d := range h.demands() {
		all = append(all, h.ruled(d))
	}
	return append(all, Check{
		ID: "github.branch.bypass", Title: "nobody is exempt from the rules of " + h.Gate.Branch,
		Why:  "who is exempt pushes to it without review, and so does what runs as them",
		Fix:  h.settings("rules") + ": the ruleset's “Bypass list”, empty; or “Do not allow bypassing”",
		look: h.exempt,
	}, h.owned())
}

func (h hub) ruled(d demand) Check {
	return Check{ID: "github.branch." + d.id, Title: d.title, Why: d.why, Fix: d.fix, look: func(ctx context.Context) Seen {
		rules, classic, err := h.protections(ctx)
		switch {
		case rules != nil && len(d.rulesets(rules)) > 0:
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
