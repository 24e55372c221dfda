package doctor

import (
	"fmt"
	"slices"

	"github.com/google/go-github/v88/github"
)

// demand is one thing that either kind of protection can ask for.
type demand struct {
	id, title, why, fix string
	// rulesets are the ids of the rulesets that ask for it.
	rulesets func(*github.BranchRules) []int64
	// classic reports whether the older kind asks for it, and spares of whom it then
	// does not; nil is of nobody.
	classic func(*github.Protection) bool
	spares  func(*github.Protection) string
}

// demands are all that is to be asked for.
func (h hub) demands() []demand {
	at, fix := h.Gate.Branch, h.settings("rules")+": a ruleset for "+h.Gate.Branch+" that is active, "
	return []demand{{
		"pull-request", at + " changes by pull request, and somebody approves it",
		"whoever can push would change what is promoted, and by whom", fix + "“Require a pull request”, one approval",
		func(r *github.BranchRules) []int64 { return reviewing(r, approved) },
		func(p *github.Protection) bool {
			return p.GetRequiredPullRequestReviews().GetRequiredApprovingReviewCount() > 0
		}, unreviewing,
	}, {
		"force-push", at + " cannot be rewritten",
		"what was reviewed could be replaced by what was not", fix + "“Block force pushes”",
		func(r *github.BranchRules) []int64 { return plain(r.NonFastForward) },
		func(p *github.Protection) bool { return p.AllowForcePushes != nil && !p.AllowForcePushes.Enabled }, nil,
	}, {
		"deletion", at + " cannot be deleted",
		"it could be made anew from anything, without a review", fix + "“Restrict deletions”",
		func(r *github.BranchRules) []int64 { return plain(r.Deletion) },
		func(p *github.Protection) bool { return p.AllowDeletions != nil && !p.AllowDeletions.Enabled }, nil,
	}, {
		"check", fmt.Sprintf("nothing is merged into %s without the check %s", at, h.Protection.Check),
		"the tests that keep latches, workflows and gate in place would not have to pass",
		fix + "“Require status checks to pass”, " + h.Protection.Check, h.checking, h.checkedClassic, administrators,
	}, {
		"code-owners", "code owners review what is theirs in " + at,
		"somebody could change the gate with the approval of anybody", fix + "“Require review from Code Owners”",
		func(r *github.BranchRules) []int64 { return reviewing(r, byOwners) },
		func(p *github.Protection) bool { return p.GetRequiredPullRequestReviews().GetRequireCodeOwnerReviews() }, unreviewing,
	}}
}

// plain are the rulesets of rules that have no parameters.
func plain(rules []*github.BranchRuleMetadata) []int64 {
	var ids []int64
	for _, r := range rules {
		ids = append(ids, r.RulesetID)
	}
	return ids
}

// reviewing are the rulesets whose pull requests have to be reviewed in a way.
func reviewing(r *github.BranchRules, how func(*github.PullRequestBranchRule) bool) []int64 {
	var ids []int64
	for _, rule := range r.PullRequest {
		if how(rule) {
			ids = append(ids, rule.RulesetID)
		}
	}
	return ids
}

func approved(r *github.PullRequestBranchRule) bool {
	return r.Parameters.RequiredApprovingReviewCount > 0
}

func byOwners(r *github.PullRequestBranchRule) bool { return r.Parameters.RequireCodeOwnerReview }

// checking are the rulesets that ask for the check.
func (h hub) checking(r *github.BranchRules) []int64 {
	var ids []int64
	for _, rule := range r.RequiredStatusChecks {
		if slices.ContainsFunc(rule.Parameters.RequiredStatusChecks, func(c *github.RuleStatusCheck) bool { return c.Context == h.Protection.Check }) {
			ids = append(ids, rule.RulesetID)
		}
	}
	return ids
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
