package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v88/github"

	"crane/stacks"
)

// people are the checks of who may approve, and who starts what is approved.
func (h hub) people() []Check {
	env := h.Gate.Promote.Environment
	fix := h.settings("environments") + ": " + env + ", "
	return []Check{{
		ID: "github.environment.production.reviewers", Title: "somebody approves each job in " + env,
		Why:  "whoever can push and start a workflow would promote alone",
		Fix:  fix + "“Required reviewers”, as ProductionProtection.Reviewers in stacks/production.go has them",
		look: h.reviewed,
	}, {
		ID: "github.environment.production.self-review", Title: "nobody approves a job of " + env + " that they started",
		Why:  "one person, or what runs as that person, would start and approve",
		Fix:  fix + "check “Prevent self-review”",
		look: h.selfReview,
	}, {
		ID: "github.people", Title: "for everybody who can push there is another who approves",
		Why:  "the only one who approves could only approve their own work",
		Fix:  fix + "add a reviewer, or take push access from one: " + h.settings("access"),
		look: h.apart,
	}}
}

// rule is the rule of the production environment that demands reviewers, nil when
// there is none.
func (h hub) rule(ctx context.Context) (*github.ProtectionRule, error) {
	e, err := h.environment(ctx, h.Gate.Promote.Environment)
	if err != nil {
		return nil, err
	}
	if e.GetName() == "" {
		return nil, errAnswer
	}
	for _, r := range e.ProtectionRules {
		if r.GetType() == "required_reviewers" && len(r.Reviewers) > 0 {
			return r, nil
		}
	}
	return nil, nil
}

func (h hub) reviewed(ctx context.Context) Seen {
	r, err := h.rule(ctx)
	if err != nil {
		return absent(err)
	}
	if r == nil {
		return h.unreviewed(ctx)
	}
	is, want := called(r), slices.Sorted(slices.Values(h.Protection.Reviewers))
	if len(want) > 0 && !slices.EqualFunc(is, want, strings.EqualFold) {
		return wrong(fmt.Sprintf("%s may, declared are %s", strings.Join(is, ", "), strings.Join(want, ", ")))
	}
	return ok(strings.Join(is, ", ") + " may")
}

// unreviewed says what it means that nobody has to approve: that goes by what
// the plan allows, and by what is declared to stand in for it.
func (h hub) unreviewed(ctx context.Context) Seen {
	able, why, err := h.able(ctx)
	declared := h.Protection.Approval
	switch {
	case err != nil:
		return unseen("nobody has to, and whether somebody could: "+words(err), permissions)
	case able && declared == stacks.ByReviewers:
		return wrong("nobody has to, and reviewers are possible: " + why)
	case able:
		return Seen{Wrong, "nobody has to; code owners are declared to stand in, and reviewers are possible: " + why,
			"set Approval: ByReviewers in stacks/production.go, then the environment's required reviewers"}
	case declared == stacks.ByReviewers:
		return Seen{Wrong, "nobody has to, and GitHub offers no reviewers: " + why,
			"set Approval: ByCodeOwners in stacks/production.go, or change to GitHub Enterprise or a public repository"}
	}
	return Seen{Weak, "nobody has to: " + why + "; the review by a code owner of what is merged stands in",
		"change to GitHub Enterprise or a public repository, then require reviewers"}
}

// able reports whether the environment can have reviewers: on public repositories,
// and on others with GitHub Enterprise. A person's account has no such plan.
func (h hub) able(ctx context.Context) (bool, string, error) {
	r, err := h.repo(ctx)
	if err != nil {
		return false, "", err
	}
	if r.Private == nil {
		return false, "", errAnswer
	}
	if !r.GetPrivate() {
		return true, "the repository is public", nil
	}
	if r.GetOwner().GetType() == "User" {
		return false, "the repository is private and a person's", nil
	}
	org, err := h.org(ctx)
	if err != nil {
		return false, "", err
	}
	plan := org.GetPlan().GetName()
	if plan == "" {
		return false, "", fmt.Errorf("the organization's plan is shown to its owners only")
	}
	return plan == "enterprise" || plan == "business_plus", "the repository is private and the plan is " + plan, nil
}

func (h hub) selfReview(ctx context.Context) Seen {
	r, err := h.rule(ctx)
	switch {
	case err != nil:
		return absent(err)
	case r == nil:
		seen := h.unreviewed(ctx)
		seen.Found = "nobody approves at all"
		return seen
	case r.PreventSelfReview == nil:
		return blind(errAnswer)
	case !*r.PreventSelfReview:
		return wrong("whoever starts it may approve it")
	}
	return ok("it is prevented")
}

// called are the reviewers of a rule, sorted.
func called(r *github.ProtectionRule) []string {
	var names []string
	for _, each := range r.Reviewers {
		switch who := each.Reviewer.(type) {
		case *github.User:
			names = append(names, who.GetLogin())
		case *github.Team:
			names = append(names, who.GetSlug())
		}
	}
	slices.Sort(names)
	return names
}
