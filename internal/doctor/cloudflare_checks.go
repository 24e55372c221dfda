package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"crane/stacks"
)

// cloudflare are the checks of what is between staging and production there.
func (s Subject) cloudflare() []Check {
	c := cloud{s, s.Cloudflare}
	accounts := Check{
		ID: "cloudflare.accounts", Title: "production is on an account of its own",
		Why:  "write access to D1 and Workers is to a whole account: staging's token would delete production",
		Fix:  "make a second account, and declare it in stacks/production.go and Pulumi.production.yaml",
		look: func(context.Context) Seen { return s.apart(stacks.All()) },
	}
	return append([]Check{accounts}, s.on(s.Cloudflare != nil, tokenless, []Check{{
		ID: "cloudflare.isolation", Title: "staging's token is refused on production's account",
		Why:  "whoever has staging's token, and agents have it, could change production past everything",
		Fix:  "dash.cloudflare.com, Manage Account, API Tokens: a token of staging's account, for that account alone",
		look: c.probe,
	}, {
		ID: "cloudflare.token", Title: "staging's token is active and ends",
		Why:  "a token without an end that leaks is good until somebody notices",
		Fix:  "dash.cloudflare.com, Manage Account, API Tokens: roll it, with a TTL",
		look: c.alive,
	}})...)
}

// tokenless is what is not seen without staging's token.
var tokenless = unseen("CLOUDFLARE_API_TOKEN is not set", "set CLOUDFLARE_API_TOKEN to staging's token")

// cloud is Cloudflare as it is and as it is declared.
type cloud struct {
	Subject
	*Cloudflare
}

// dim is what was not seen of Cloudflare, and how it would be.
func (s Subject) dim(err error) Seen {
	var answer *answerError
	switch {
	case errors.As(err, &answer) && answer.status < http.StatusInternalServerError && answer.status != http.StatusTooManyRequests:
		return unseen(words(err), "a token that reads D1 and Workers Scripts of the account, in CLOUDFLARE_API_TOKEN")
	case s.Local:
		return unseen(words(err), "crane local start, then crane doctor")
	}
	return unseen(words(err), again)
}

// apart holds the declared accounts against each other and the stack files.
func (s Subject) apart(declared []stacks.Stack) Seen {
	for _, stack := range declared {
		if is := s.Accounts[stack.Name]; is != stack.AccountID {
			return Seen{Wrong, fmt.Sprintf("Pulumi.%s.yaml has account %s, stacks/ has %s", stack.Name, orNothing(is), stack.AccountID),
				"correct one of them; promotion goes by stacks/"}
		}
	}
	one := s.Accounts[stacks.Staging.Name] == s.Accounts[stacks.Production.Name]
	switch {
	case one && s.Protection.OneAccount:
		return weak("one account for both, as declared: staging's token can delete and read production's databases and scripts")
	case one:
		return wrong("both stacks are on account " + s.Accounts[stacks.Staging.Name])
	}
	return ok("two accounts")
}

// probe asks for what has to be refused, and first for what has to be granted:
// a token that is good for nothing is refused everywhere.
func (c cloud) probe(ctx context.Context) Seen {
	own, other := c.Accounts[stacks.Staging.Name], c.Accounts[stacks.Production.Name]
	if own == other {
		return weak("there is one account, so nothing can be refused")
	}
	asks := []struct {
		what string
		list func(context.Context, string) ([]object, error)
	}{{"scripts", c.scripts}, {"databases", c.databases}}
	for _, ask := range asks {
		if _, err := ask.list(ctx, own); err != nil {
			return c.dim(fmt.Errorf("the %s of staging's own account could not be listed: %w", ask.what, err))
		}
	}
	for _, ask := range asks {
		_, err := ask.list(ctx, other)
		switch {
		case err == nil:
			return wrong("it lists production's " + ask.what)
		case !refused(err):
			return c.dim(err)
		}
	}
	return ok("it is refused")
}

// soon is when a token has to be renewed.
const soon = 7 * 24 * time.Hour

func (c cloud) alive(ctx context.Context) Seen {
	said, err := c.verify(ctx, c.Accounts[stacks.Staging.Name])
	switch {
	case err != nil:
		return c.dim(err)
	case said.Status != "active":
		return wrong("it is " + said.Status)
	case said.Expires == nil && c.Local:
		return ok("active, and public: it opens this machine's Cloudflare only")
	case said.Expires == nil:
		return weak("it is active, and has no end")
	case time.Until(*said.Expires) < soon:
		return weak("it ends on " + said.Expires.UTC().Format(time.DateOnly))
	}
	return ok("it is active until " + said.Expires.UTC().Format(time.DateOnly))
}
