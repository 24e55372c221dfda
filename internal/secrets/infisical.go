package secrets

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	infisical "github.com/infisical/go-sdk"
	"github.com/infisical/go-sdk/packages/models"

	"crane/internal/hint"
	"crane/stacks"
)

// hiddenMask is what Infisical answers in place of a value that the identity
// may list but not read. The SDK drops the field secretValueHidden that goes
// with it. Source: github.com/Infisical/infisical, INFISICAL_SECRET_VALUE_HIDDEN_MASK.
const hiddenMask = "<hidden-by-infisical>"

// organizationVariable moves a login to another organization: the SDK reads it
// whenever none is declared, and none can be declared as "the default one".
const organizationVariable = "INFISICAL_AUTH_ORGANIZATION_SLUG"

// Config declares one machine identity of Infisical and the project it reads.
// Every field is required: the SDK would fill an empty one from the
// environment, and then the environment would choose what is deployed.
type Config struct {
	// SiteURL is the server's address, https unless it is this machine.
	SiteURL string
	// ProjectID is the project's id, not its slug.
	ProjectID string
	// ClientID and ClientSecret are the identity's Universal Auth credentials.
	ClientID, ClientSecret string
}

// Infisical is a Source on the official SDK.
type Infisical struct {
	config   Config
	loopback bool
}

// NewInfisical checks a configuration, with ErrConfig; it makes no request.
func NewInfisical(c Config) (*Infisical, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	u, err := url.Parse(c.SiteURL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, siteError("the site URL is not an address such as https://eu.infisical.com")
	}
	loopback := stacks.Loopback(u.Host)
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback) {
		return nil, siteError(fmt.Sprintf("the site URL %s is not https", u.Redacted()))
	}
	return &Infisical{config: c, loopback: loopback}, nil
}

// String is the source's form in messages.
func (s *Infisical) String() string {
	return fmt.Sprintf("infisical project %s at %s", s.config.ProjectID, s.config.SiteURL)
}

// Fetch logs in and lists one scope, without imports and without the folders
// below it. The SDK takes no context: when the context ends first, Fetch
// returns at once and what the SDK still does is thrown away.
func (s *Infisical) Fetch(ctx context.Context, scope stacks.Scope) (map[string]string, error) {
	if err := refuseOrganization(); err != nil {
		return nil, err
	}
	type answer struct {
		values map[string]string
		err    error
	}
	done := make(chan answer, 1)
	go func() {
		values, err := s.fetch(ctx, scope)
		done <- answer{values, err}
	}()
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("reading secrets of %s from %s: %w", scope, s, context.Cause(ctx))
	case a := <-done:
		return a.values, a.err
	}
}

// AddHint is the command that adds a secret. The one for the local stand-in
// reads the value from standard input and knows staging only.
func (s *Infisical) AddHint(scope stacks.Scope, name string) string {
	if s.loopback && scope == stacks.Staging.Secrets {
		return "crane local secret set " + name
	}
	return fmt.Sprintf("infisical secrets set --projectId %s --env %s --path %s %s=…",
		s.config.ProjectID, scope.Environment, scope.Path, name)
}

func (s *Infisical) fetch(ctx context.Context, scope stacks.Scope) (map[string]string, error) {
	client := infisical.NewInfisicalClient(ctx, s.options())
	token, err := client.Auth().UniversalAuthLogin(s.config.ClientID, s.config.ClientSecret)
	if err != nil {
		return nil, s.failure(scope, err)
	}
	if token.AccessToken == "" {
		return nil, s.failure(scope, errNoToken)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	list, err := client.Secrets().ListSecrets(s.listing(scope))
	if err != nil {
		return nil, s.failure(scope, err)
	}
	return s.values(scope, list.Secrets)
}

// options turns off everything the SDK does beyond what it is asked: renewing
// in the background, caching, printing. It retries nothing, because its retries
// print to standard error and cannot be stopped.
func (s *Infisical) options() infisical.Config {
	return infisical.Config{
		SiteUrl:              strings.TrimSuffix(s.config.SiteURL, "/"),
		UserAgent:            "crane",
		AutoTokenRefresh:     infisical.BoolPtr(false),
		SilentMode:           true,
		CacheExpiryInSeconds: 0,
		LogWriter:            io.Discard,
		RetryRequestsConfig: &infisical.RetryRequestsConfig{
			ExponentialBackoff: &infisical.ExponentialBackoffStrategy{MaxRetries: 0},
		},
	}
}

// listing says every choice aloud, the defaults of the server's versions differ.
func (s *Infisical) listing(scope stacks.Scope) infisical.ListSecretsOptions {
	return infisical.ListSecretsOptions{
		ProjectID:              s.config.ProjectID,
		Environment:            scope.Environment,
		SecretPath:             scope.Path,
		IncludeImports:         false,
		Recursive:              false,
		ExpandSecretReferences: false,
		AttachToProcessEnv:     false,
	}
}

func (s *Infisical) values(scope stacks.Scope, listed []models.Secret) (map[string]string, error) {
	values := make(map[string]string, len(listed))
	for _, secret := range listed {
		if secret.SecretValue == hiddenMask {
			return nil, hint.Wrap(fmt.Errorf("%w: %s in %s of %s can be listed but not read",
				ErrHidden, secret.SecretKey, scope, s),
				"give the identity a role that may read values in that environment")
		}
		values[secret.SecretKey] = secret.SecretValue
	}
	return values, nil
}

func (c Config) complete() error {
	var empty []string
	for _, f := range []struct{ name, value string }{
		{"site URL", c.SiteURL}, {"project id", c.ProjectID},
		{"client id", c.ClientID}, {"client secret", c.ClientSecret},
	} {
		if strings.TrimSpace(f.value) == "" {
			empty = append(empty, f.name)
		}
	}
	if len(empty) == 0 {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: no %s; no request was made", ErrConfig, strings.Join(empty, ", no ")),
		"set crane:infisical and the identity of the stack")
}

func siteError(what string) error {
	return hint.Wrap(fmt.Errorf("%w: %s; no request was made", ErrConfig, what),
		"set crane:infisical to an https address, or to http on this machine")
}

func refuseOrganization() error {
	if os.Getenv(organizationVariable) == "" {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: %s would choose the organization; no request was made",
		ErrConfig, organizationVariable), "unset "+organizationVariable)
}
