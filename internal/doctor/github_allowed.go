package doctor

import (
	"context"
	"fmt"
	"strings"
)

// allowed is right when what runs is chosen, or can only be named by commit.
func (h hub) allowed(ctx context.Context) Seen {
	p, _, err := h.client.Repositories.GetActionsPermissions(ctx, h.owner, h.name)
	switch {
	case err != nil:
		return blind(failed(err))
	case p.GetSHAPinningRequired():
		return ok("every action has to be pinned by commit")
	}
	switch p.GetAllowedActions() {
	case "all":
		return wrong("any action may run, by any tag")
	case "selected":
		return h.chosen(ctx)
	case "local_only":
		return ok("those of the repository and its owner may run")
	}
	return blind(errAnswer)
}

// chosen is wrong when a pattern chooses everything.
func (h hub) chosen(ctx context.Context) Seen {
	c, _, err := h.client.Repositories.GetActionsAllowed(ctx, h.owner, h.name)
	if err == nil && c.PatternsAllowed == nil {
		err = errAnswer
	}
	if err != nil {
		return blind(failed(err))
	}
	for _, pattern := range c.PatternsAllowed {
		if everything(pattern) {
			return wrong(pattern + " lets any action run, by any tag")
		}
	}
	return ok(fmt.Sprintf("selected actions may run, by %d patterns", len(c.PatternsAllowed)))
}

// everything reports a pattern such as */*@v1, in which nobody is named.
func everything(pattern string) bool {
	name, _, _ := strings.Cut(strings.TrimSpace(pattern), "@")
	return name != "" && strings.Trim(name, "*/") == ""
}
