package secrets

import (
	"context"
	"io"
	"time"

	sdk "github.com/infisical/go-sdk"
	"github.com/infisical/go-sdk/packages/models"

	"crane/stacks"
)

// organizationVariable moves a login to another organization: the SDK reads it
// whenever none is declared, and none can be declared as "the default one".
const organizationVariable = "INFISICAL_AUTH_ORGANIZATION_SLUG"

// client is all that is used of the official SDK: logging in, in one of two
// ways, and listing. No argument may be empty, because the SDK would take it
// from the environment; Declared.Open sees to it.
type client struct {
	sdk     sdk.InfisicalClientInterface
	relay   *relay
	project string
}

// newClient turns off everything the SDK does beyond what it is asked: renewing
// in the background, caching, printing. It retries nothing, because its retries
// print to standard error and cannot be stopped.
func newClient(ctx context.Context, project string, r *relay) client {
	return client{project: project, relay: r, sdk: sdk.NewInfisicalClient(ctx, sdk.Config{
		SiteUrl:              r.url(),
		UserAgent:            "crane",
		AutoTokenRefresh:     sdk.BoolPtr(false),
		SilentMode:           true,
		CacheExpiryInSeconds: 0,
		LogWriter:            io.Discard,
		RetryRequestsConfig: &sdk.RetryRequestsConfig{
			ExponentialBackoff: &sdk.ExponentialBackoffStrategy{MaxRetries: 0},
		},
	})}
}

func (c client) universal(id, secret string) (token, error) {
	return c.given(c.sdk.Auth().UniversalAuthLogin(id, secret))
}

func (c client) oidc(id, jwt string) (token, error) {
	return c.given(c.sdk.Auth().OidcAuthLogin(id, jwt))
}

func (c client) given(credential sdk.MachineIdentityCredential, err error) (token, error) {
	if err != nil {
		return token{}, c.relay.because(err)
	}
	if credential.AccessToken == "" {
		return token{}, errNoToken
	}
	return token{
		value:   credential.AccessToken,
		life:    time.Duration(credential.ExpiresIn) * time.Second,
		longest: time.Duration(credential.AccessTokenMaxTTL) * time.Second,
	}, nil
}

// list says every choice aloud, the defaults of the server's versions differ.
func (c client) list(scope stacks.Scope) ([]models.Secret, error) {
	listed, err := c.sdk.Secrets().ListSecrets(sdk.ListSecretsOptions{
		ProjectID:              c.project,
		Environment:            scope.Environment,
		SecretPath:             scope.Path,
		IncludeImports:         false,
		Recursive:              false,
		ExpandSecretReferences: false,
		AttachToProcessEnv:     false,
	})
	return listed.Secrets, c.relay.because(err)
}

// revoke gives the token back.
func (c client) revoke() error { return c.relay.because(c.sdk.Auth().RevokeAccessToken()) }
