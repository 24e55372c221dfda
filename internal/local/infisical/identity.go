package infisical

import (
	"cmp"
	"time"

	"crane/internal/local/issuer"
	"crane/stacks"
)

// Project is the id of the one project of the stand-in.
const Project = "local"

// DefaultTTL is how long a token lives when its identity does not say: what the
// real server gives an identity that was made without a thought.
const DefaultTTL = 2592000 * time.Second

// life is how long the tokens of the two identities there are live.
const life = 15 * time.Minute

// Identity is a machine identity. The two there are open nothing but a server on
// this machine.
type Identity struct {
	// Name is the stack the identity belongs to.
	Name string
	// ID is the identity's id, with which a login by OIDC names it.
	ID string
	// Environment is the slug of the only environment it may read.
	Environment string
	// Universal lets it log in with a client secret; nil does not.
	Universal *Universal
	// OIDC lets it log in with somebody else's token; nil does not.
	OIDC *OIDC
	// TTL is how long an access token is good for, whole seconds, until it is
	// renewed; zero means DefaultTTL.
	TTL time.Duration
	// MaxTTL is how long it is good for with every renewal; zero means DefaultTTL.
	MaxTTL time.Duration
	// Uses is how many requests it is good for; zero is all.
	Uses int
	// ListOnly is a role that may list secrets and not read them: every value is
	// hidden.
	ListOnly bool
}

// Universal are the credentials of Universal Auth.
type Universal struct{ ClientID, ClientSecret string }

func (i Identity) ttl() time.Duration    { return cmp.Or(i.TTL, DefaultTTL) }
func (i Identity) maxTTL() time.Duration { return cmp.Or(i.MaxTTL, DefaultTTL) }

// Staging reads the environment of the staging stack. Its secret is public.
var Staging = Identity{
	Name:        "staging",
	ID:          "local-staging",
	Environment: "dev",
	Universal:   &Universal{ClientID: "local-staging", ClientSecret: "local-staging-client-secret"},
	TTL:         life,
	MaxTTL:      life,
}

// Production reads the environment of the production stack, for the job of the
// workflow that promotes and for nobody else. No branch, file or event but that
// job's has all of these claims.
var Production = Identity{
	Name:        "production",
	ID:          "local-production",
	Environment: "prod",
	OIDC: &OIDC{
		Audiences: stacks.SecretsAudience,
		Claims: pinned(issuer.Promotion(""), "repository_id", "repository_owner_id", "environment", "ref", "ref_type",
			"workflow_ref", "event_name", "runner_environment"),
	},
	TTL:    life,
	MaxTTL: life,
	Uses:   10,
}

// Identities are those there are unless a Config says otherwise.
func Identities() []Identity { return []Identity{Staging, Production} }

// pinned binds some of a job's claims to the values that they have.
func pinned(claims issuer.Claims, names ...string) map[string]string {
	bound := map[string]string{}
	for _, name := range names {
		bound[name] = claims[name].(string)
	}
	return bound
}
