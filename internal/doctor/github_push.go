package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v88/github"
)

// apart holds who can push against who approves.
func (h hub) apart(ctx context.Context) Seen {
	r, err := h.rule(ctx)
	if err != nil {
		return absent(err)
	}
	pushers, err := h.pushers(ctx)
	if err != nil {
		return blind(err)
	}
	who := strings.Join(pushers, ", ") + " can push"
	if r == nil {
		seen := h.unreviewed(ctx)
		seen.Found = who + ", and nobody approves"
		return seen
	}
	approvers, err := h.approvers(ctx, r)
	if err != nil {
		return blind(err)
	}
	for _, p := range pushers {
		if !slices.ContainsFunc(approvers, func(a string) bool { return a != p }) {
			return wrong(fmt.Sprintf("%s; %s is the only one who approves", who, p))
		}
	}
	return ok(who + "; " + strings.Join(approvers, ", ") + " approve")
}

// pushers are the people with push access, sorted. The list needs push access
// itself: https://docs.github.com/en/rest/collaborators/collaborators.
func (h hub) pushers(ctx context.Context) ([]string, error) {
	o := &github.ListCollaboratorsOptions{ListOptions: github.ListOptions{PerPage: 100}}
	var names []string
	for {
		page, response, err := h.client.Repositories.ListCollaborators(ctx, h.owner, h.name, o)
		if err != nil {
			return nil, failed(err)
		}
		for _, u := range page {
			if u.GetPermissions().GetPush() || u.GetPermissions().GetAdmin() {
				names = append(names, u.GetLogin())
			}
		}
		if o.Page = response.NextPage; o.Page != 0 {
			continue
		}
		if len(names) == 0 { // somebody can: the owner
			return nil, errAnswer
		}
		slices.Sort(names)
		return names, nil
	}
}

// approvers are the people of a rule, those of its teams too.
func (h hub) approvers(ctx context.Context, r *github.ProtectionRule) ([]string, error) {
	var names []string
	for _, each := range r.Reviewers {
		switch who := each.Reviewer.(type) {
		case *github.User:
			names = append(names, who.GetLogin())
		case *github.Team:
			members, _, err := h.client.Teams.ListTeamMembersBySlug(ctx, h.owner, who.GetSlug(),
				&github.TeamListTeamMembersOptions{ListOptions: github.ListOptions{PerPage: 100}})
			if err != nil {
				return nil, failed(err)
			}
			for _, m := range members {
				names = append(names, m.GetLogin())
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
