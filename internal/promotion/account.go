package promotion

import (
	"fmt"

	"crane/internal/hint"
	"crane/stacks"
)

// Touches reports whether an update of a stack would reach production: by the
// stack's name, or by its account. A stack that is configured for the account of
// the other one is refused with ErrAccount, unless the two share one: then only
// the name can tell.
func Touches(stack stacks.Stack, account string) (bool, error) {
	production := stack.Name == stacks.Production.Name
	shared := stacks.Staging.AccountID == stacks.Production.AccountID
	if shared || (account == stacks.Production.AccountID) == production {
		return production, nil
	}
	if production {
		return true, hint.Wrap(fmt.Errorf("%w: crane:accountId of production is %s, and stacks/production.go has %s; nothing was changed",
			ErrAccount, account, stacks.Production.AccountID), "git checkout Pulumi.production.yaml")
	}
	return true, hint.Wrap(fmt.Errorf("%w: crane:accountId of stack %s is production's; nothing was changed", ErrAccount, stack.Name),
		fmt.Sprintf("git checkout Pulumi.%s.yaml; production changes by: %s", stack.Name, Instead()))
}
