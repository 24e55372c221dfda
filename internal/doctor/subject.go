package doctor

import (
	"context"
	"time"

	"crane/stacks"
)

// Subject is what is looked at: what is declared, and what can be asked. Each of
// the services may be nil: then there is none here, or nothing to ask it with,
// as Local says.
type Subject struct {
	Gate       stacks.Gate
	Protection stacks.Protection
	Retire     stacks.Retire
	Fleet      stacks.Fleet
	// Local says that all of it is on this machine.
	Local bool
	// Issuer is the address of the gate's issuer.
	Issuer string
	// Accounts are the Cloudflare accounts of the stack files, by stack.
	Accounts map[string]string

	GitHub     *GitHub
	Infisical  *Infisical
	Cloudflare *Cloudflare
	// Production is Cloudflare with production's token, nil for almost everybody.
	Production *Cloudflare
	// States read what stacks have, by stack.
	States map[string]State
}

// State gives a stack's state. ErrNoState means that there is none.
type State func(context.Context) (Export, error)

// Export is a state as `pulumi stack export` prints it.
type Export struct {
	Text []byte
	// Copied is when it was fetched, where it is the preview state that a workflow has
	// published; zero where it is the state itself.
	Copied time.Time
}

// Checks are all there are. None has asked anything yet.
func (s Subject) Checks() []Check {
	var all []Check
	for _, group := range []func() []Check{s.github, s.infisical, s.cloudflare, s.latches, s.backups} {
		all = append(all, group()...)
	}
	return all
}

// on are the checks of a service that may not be here.
func (s Subject) on(there bool, without Seen, checks []Check) []Check {
	if there {
		return checks
	}
	for i := range checks {
		checks[i].look = func(context.Context) Seen { return without }
	}
	return checks
}
