package secrets

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/infisical/go-sdk/packages/models"

	"crane/internal/hint"
	"crane/internal/redact"
	"crane/stacks"
)

// hiddenMask is what Infisical answers in place of a value that the identity
// may list but not read. The SDK drops the field secretValueHidden that goes
// with it. Source: github.com/Infisical/infisical, INFISICAL_SECRET_VALUE_HIDDEN_MASK.
const hiddenMask = "<hidden-by-infisical>"

// infisical is a Source on the official SDK.
type infisical struct {
	declared Declared
	login    login
	redactor *redact.Redactor
	loopback bool
}

func newInfisical(d Declared, l login, r *redact.Redactor) *infisical {
	u, err := url.Parse(d.Site)
	return &infisical{declared: d, login: l, redactor: r, loopback: err == nil && stacks.Loopback(u.Host)}
}

// Place holds what a person needs to find the folder.
func (s *infisical) Place(scope stacks.Scope) string {
	return fmt.Sprintf("environment %s, path %s of infisical project %s at %s",
		scope.Environment, scope.Path, s.declared.Project, s.declared.Site)
}

// AddHint is the command that adds a secret. The one for the local stand-in
// reads the value from standard input.
func (s *infisical) AddHint(scope stacks.Scope, name string) string {
	for _, stack := range stacks.All() {
		if s.loopback && scope == stack.Secrets {
			return strings.TrimSpace("crane local secret set "+stackFlag(stack)) + " " + name
		}
	}
	return fmt.Sprintf("infisical secrets set --projectId %s --env %s --path %s %s=…",
		s.declared.Project, scope.Environment, scope.Path, name)
}

func stackFlag(stack stacks.Stack) string {
	if stack.Name == stacks.Staging.Name {
		return ""
	}
	return "--stack " + stack.Name
}

// Fetch logs in and lists one scope, without imports and without the folders
// below it. The SDK takes no context: when the context ends first, Fetch
// returns at once and what the SDK still does is thrown away.
func (s *infisical) Fetch(ctx context.Context, scope stacks.Scope, _ []stacks.Secret) (map[string]string, error) {
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
		return nil, fmt.Errorf("reading secrets from %s: %w", s.Place(scope), context.Cause(ctx))
	case a := <-done:
		return a.values, a.err
	}
}

func (s *infisical) fetch(ctx context.Context, scope stacks.Scope) (map[string]string, error) {
	c := newClient(ctx, s.declared)
	token, err := s.login.in(ctx, c, s.redactor)
	if err != nil {
		return nil, s.loginFailure(scope, err)
	}
	s.redactor.Add(token.value)
	if life := tooLong(token); life != "" {
		return nil, s.outlives(life, c.revoke())
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	listed, err := c.list(scope)
	if err != nil {
		return nil, s.failure(scope, err)
	}
	return s.values(scope, listed)
}

// tooLong says how long a token may live, also by being renewed, if that is more
// than stacks.TokenLife. To Infisical no life at all is one without end.
func tooLong(t token) string {
	for _, life := range []time.Duration{t.life, t.longest} {
		if life <= 0 {
			return "ever"
		}
		if life > stacks.TokenLife {
			return life.String()
		}
	}
	return ""
}

func (s *infisical) outlives(life string, revoked error) error {
	then := "and the token was given back"
	if revoked != nil {
		then = fmt.Sprintf("but the token is still good, because giving it back failed: %v", revoked)
	}
	return hint.Wrap(fmt.Errorf("%w: %s may live for %s at %s, and the limit is %s; no secret was read, %s",
		ErrLife, s.login, life, s.declared.Site, stacks.TokenLife, then),
		fmt.Sprintf("set access token TTL and max TTL of the identity to %d seconds", int(stacks.TokenLife.Seconds())))
}

func (s *infisical) values(scope stacks.Scope, listed []models.Secret) (map[string]string, error) {
	values := make(map[string]string, len(listed))
	for _, secret := range listed {
		if secret.SecretValue == hiddenMask {
			return nil, hint.Wrap(fmt.Errorf("%w: %s can be listed but not read, in %s", ErrHidden, secret.SecretKey, s.Place(scope)),
				"give the identity a role that may read values in that environment")
		}
		values[secret.SecretKey] = secret.SecretValue
		s.redactor.Add(secret.SecretValue)
	}
	return values, nil
}
