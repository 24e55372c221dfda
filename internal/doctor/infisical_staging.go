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

// deployer are the checks of staging's identity, as which this process asks.
func (v vault) deployer() []Check {
	id := v.Protection.StagingIdentity
	edit := "Infisical, Access Control, Identities, " + id + ", Universal Auth: "
	return []Check{{
		ID: "infisical.staging.identity", Title: "what logs in as staging is the identity that is declared",
		Why:  "what is read of its tokens, secrets and roles would be another identity's",
		Fix:  oneIdentity,
		look: v.same,
	}, {
		ID: "infisical.staging.isolation", Title: "staging's identity cannot read production's secrets",
		Why:  "agents have staging's client secret, and would have all of production",
		Fix:  fmt.Sprintf("Infisical: take everything but the environment %s out of the role %s", stacks.Staging.Secrets.Environment, v.Protection.StagingRole),
		look: v.probe,
	}, {
		ID: "infisical.staging.life", Title: fmt.Sprintf("a token of staging's identity lives %d minutes at most", stacks.TokenLife/time.Minute),
		Why:  "a token that leaks opens staging until it ends",
		Fix:  edit + fmt.Sprintf("access token TTL and max TTL %d", seconds(stacks.TokenLife)),
		look: v.stagingLife,
	}, {
		ID: "infisical.staging.secret", Title: fmt.Sprintf("the client secrets of staging's identity live %s at most", days(v.Protection.SecretLife)),
		Why:  "a client secret that nobody misses opens staging for ever",
		Fix:  edit + "a new client secret with a TTL, then revoke the old one",
		look: v.clientSecretLife,
	}, v.role("staging", id, v.Protection.StagingRole, v.known)}
}

func days(d time.Duration) string { return fmt.Sprintf("%d days", d/(24*time.Hour)) }

// probe asks for what has to be refused. That its own secrets are readable comes
// first: an identity that cannot read anything proves nothing.
func (v vault) probe(ctx context.Context) Seen {
	if err := v.list(ctx, stacks.Staging.Secrets); err != nil {
		return v.dark(fmt.Errorf("staging's own secrets could not be listed: %w", err))
	}
	for _, scope := range []stacks.Scope{stacks.Production.Secrets, stacks.Production.Deploy} {
		err := v.list(ctx, scope)
		var answer *answerError
		switch {
		case err == nil:
			return wrong("it lists " + scope.String())
		case !errors.As(err, &answer) || answer.status != http.StatusForbidden:
			return v.dark(err)
		}
	}
	return ok("refused: " + stacks.Production.Secrets.String() + " and " + stacks.Production.Deploy.String())
}

// stagingLife asks for the settings, and where they are not shown believes the
// login, which says how long its token lives.
func (v vault) stagingLife(ctx context.Context) Seen {
	err := v.known(ctx)
	if err == nil {
		s, _ := v.staging(ctx, v.Protection.StagingIdentity)
		return lives(s)
	}
	g, loginErr := v.in(ctx)
	if loginErr != nil {
		return v.dark(loginErr)
	}
	seen := lives(settings{TTL: g.ExpiresIn, MaxTTL: g.AccessTokenMaxTTL})
	if seen.Verdict == OK { // whether it can be renewed for ever is in the settings alone
		return v.dark(err)
	}
	return seen
}

func (v vault) clientSecretLife(ctx context.Context) Seen {
	if err := v.known(ctx); err != nil {
		return v.dark(err)
	}
	all, err := v.clientSecrets(ctx, v.Protection.StagingIdentity)
	if err != nil {
		return v.dark(err)
	}
	var long []string
	n := 0
	for _, s := range all {
		switch {
		case s.Revoked:
			continue
		case s.TTL == nil:
			return v.dark(errAnswer)
		case *s.TTL <= 0:
			long = append(long, s.called()+" has no end")
		case *s.TTL > seconds(v.Protection.SecretLife):
			long = append(long, s.called()+" lives "+days(time.Duration(*s.TTL)*time.Second))
		}
		n++
	}
	return unless(strings.Join(long, "; "), fmt.Sprintf("%d of them", n))
}

// called is a client secret in a message: by its description and its day, never
// by its prefix.
func (s clientSecret) called() string {
	name := "one"
	if s.Description != "" {
		name = fmt.Sprintf("%q", s.Description)
	}
	if s.Created != nil {
		name += " of " + s.Created.UTC().Format(time.DateOnly)
	}
	return name
}
