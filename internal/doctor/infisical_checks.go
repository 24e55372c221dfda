package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"crane/stacks"
)

// infisical are the checks of Infisical's settings.
func (s Subject) infisical() []Check {
	v := vault{s, s.Infisical}
	return s.on(s.Infisical != nil, unseen("the secrets of staging do not come from Infisical by an identity", "see docs/secrets.md"),
		append(v.promoter(), v.deployer()...))
}

// vault is Infisical as it is and as it is declared.
type vault struct {
	Subject
	*Infisical
}

// dark is what was not seen of Infisical, and how it would be.
func (v vault) dark(err error) Seen {
	var answer *answerError
	switch {
	case errors.Is(err, errOther):
		return unseen(words(err), oneIdentity)
	case errors.Is(err, errToken):
		return unseen(words(err), "set CRANE_INFISICAL_CLIENT_SECRET to the client secret of identity "+v.access.Client)
	case errors.As(err, &answer) && answer.status < http.StatusInternalServerError && answer.status != http.StatusTooManyRequests:
		return unseen(words(err), "Infisical, Access Control: let staging's identity read identities and members; check its id and client secret")
	case v.Local:
		return unseen(words(err), "crane local start, then crane doctor")
	}
	return unseen(words(err), again)
}

// promoter are the checks of production's identity. Infisical looks at nothing
// that is not bound: https://infisical.com/docs/documentation/platform/identities/oidc-auth/github.
func (v vault) promoter() []Check {
	edit := "Infisical, Access Control, Identities, " + v.identity() + ", OIDC Auth: "
	return []Check{
		v.of("issuer", "production's identity trusts the gate's issuer alone", "anybody's tokens would log in",
			edit+"discovery URL and issuer "+v.Issuer, func(s settings) Seen {
				return unless(differs(s.DiscoveryURL, v.Issuer, "the discovery URL is ")+differs(s.Issuer, v.Issuer, "the issuer is "), v.Issuer)
			}),
		v.of("audience", "production's identity takes tokens for Infisical alone", "a token that was made for another service would log in",
			edit+"audience "+stacks.SecretsAudience, func(s settings) Seen {
				return unless(differs(s.Audiences, stacks.SecretsAudience, "the audience is "), s.Audiences)
			}),
		v.of("claims", "production's identity is bound to the promote job", "another job, of any branch or repository, would log in",
			edit+"bound claims, each exactly: "+v.bound(), func(s settings) Seen {
				return unless(strings.Join(v.loose(s.Claims), "; "), fmt.Sprintf("%d claims are bound exactly", len(v.claims())))
			}),
		v.of("life", fmt.Sprintf("a token of production's identity lives %d minutes at most", stacks.TokenLife/time.Minute), "a token that leaks opens production until it ends",
			edit+fmt.Sprintf("access token TTL and max TTL %d", seconds(stacks.TokenLife)), lives),
		v.of("uses", fmt.Sprintf("a token of production's identity makes %d requests at most", v.Protection.Uses), "who has a token reads all there is, as often as they like",
			edit+fmt.Sprintf("access token max number of uses %d", v.Protection.Uses), v.uses),
		v.role("production", v.identity(), v.Protection.ProductionRole, func(context.Context) error { return nil }),
	}
}

func (v vault) identity() string {
	if v.Infisical == nil {
		return "production's"
	}
	return v.access.Identity
}

// of is a check of production's identity.
func (v vault) of(id, title, why, fix string, look func(settings) Seen) Check {
	return Check{ID: "infisical.production." + id, Title: title, Why: why, Fix: fix, look: func(ctx context.Context) Seen {
		s, err := v.production(ctx)
		if err != nil {
			return v.dark(err)
		}
		return look(s)
	}}
}

// role is the check of what the project says that an identity may do in it.
func (v vault) role(stack, identity, want string, known func(context.Context) error) Check {
	return Check{
		ID: "infisical." + stack + ".role", Title: fmt.Sprintf("the project lists %s alone as role of %s's identity", want, stack),
		Why: "Infisical's own roles see every environment, and some of them write",
		Fix: fmt.Sprintf("Infisical, the project's Access Control, Identities, %s: %s alone", identity, want),
		look: func(ctx context.Context) Seen {
			var roles []string
			err := known(ctx)
			if err == nil {
				roles, err = v.roles(ctx, identity)
			}
			if err != nil {
				return v.dark(err)
			}
			return unless(differs(strings.Join(roles, ", "), want, "it lists "), "groups were not read")
		},
	}
}
