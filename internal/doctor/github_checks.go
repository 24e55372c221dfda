package doctor

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// github are the checks of GitHub's settings.
func (s Subject) github() []Check {
	h := hub{s, s.GitHub}
	var all []Check
	for _, group := range [][]Check{h.identity(), h.environments(), h.people(), h.branch(), h.actions()} {
		all = append(all, group...)
	}
	if s.Local {
		return s.on(false, nowhere("the gate's issuer is the local one, so there is no GitHub here"), all)
	}
	return s.on(s.GitHub != nil, unseen("GITHUB_TOKEN is not set, or GITHUB_API_URL is no https address", permissions), all)
}

// hub is GitHub as it is and as it is declared.
type hub struct {
	Subject
	*GitHub
}

// settings is a page of the repository's settings.
func (h hub) settings(page string) string {
	return fmt.Sprintf("https://github.com/%s/settings/%s", h.Gate.Repository, page)
}

// api is a command that changes a setting.
func (h hub) api(method, path, fields string) string {
	return strings.TrimSpace(fmt.Sprintf("gh api -X %s repos/%s%s %s", method, h.Gate.Repository, path, fields))
}

func (h hub) identity() []Check {
	return []Check{{
		ID: "github.repository.id", Title: "the repository is the one that the gate names, by number",
		Why:  "a name can be given to somebody else, and the gate goes by the numbers",
		Fix:  "correct Repository, RepositoryID and OwnerID in stacks/production.go",
		look: h.ids,
	}}
}

func (h hub) ids(ctx context.Context) Seen {
	r, err := h.repo(ctx)
	if err != nil {
		return blind(err)
	}
	id, owner := r.GetID(), r.GetOwner().GetID()
	if id == 0 || owner == 0 {
		return blind(errAnswer)
	}
	found := fmt.Sprintf("repository %d of owner %d", id, owner)
	if strconv.FormatInt(id, 10) != h.Gate.RepositoryID || strconv.FormatInt(owner, 10) != h.Gate.OwnerID {
		return wrong(fmt.Sprintf("%s, declared are %s and %s", found, h.Gate.RepositoryID, h.Gate.OwnerID))
	}
	return ok(found)
}

// differs says what there is when that is not what is wanted.
func differs(is, want, before string) string {
	if is == want {
		return ""
	}
	return before + orNothing(is)
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}
