package secrets

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"crane/internal/hint"
	"crane/internal/redact"
	"crane/stacks"
)

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
	return fmt.Sprintf("infisical secrets set --projectId %s --env %s --path %s %s=@FILE",
		s.declared.Project, scope.Environment, scope.Path, name)
}

func stackFlag(stack stacks.Stack) string {
	if stack.Name == stacks.Staging.Name {
		return ""
	}
	return "--stack " + stack.Name
}

// Fetch logs in and lists one scope, without imports and without the folders
// below it. It ends with its context, or when Infisical does not answer.
func (s *infisical) Fetch(ctx context.Context, scope stacks.Scope, _ []stacks.Secret) (map[string]string, error) {
	relay, err := newRelay(ctx, s.declared.Site)
	if err != nil {
		return nil, s.failure(scope, err)
	}
	defer relay.close()
	values, err := s.fetch(ctx, newClient(ctx, s.declared.Project, relay), scope)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("reading secrets from %s: %w", s.Place(scope), context.Cause(ctx))
	}
	if hidden := relay.withheld(); err == nil && len(hidden) > 0 {
		return nil, hint.Wrap(fmt.Errorf("%w: %s can be listed but not read, in %s", ErrHidden, strings.Join(hidden, ", "), s.Place(scope)),
			"give the identity a role that may read values in that environment")
	}
	return values, err
}

func (s *infisical) fetch(ctx context.Context, c client, scope stacks.Scope) (map[string]string, error) {
	token, err := s.login.in(ctx, c, s.redactor)
	if err != nil {
		return nil, s.loginFailure(scope, err)
	}
	s.redactor.Add(token.value)
	if life := tooLong(token); life != "" {
		return nil, s.outlives(life, c.revoke())
	}
	listed, err := c.list(scope)
	if err != nil {
		return nil, s.failure(scope, err)
	}
	values := make(map[string]string, len(listed))
	for _, secret := range listed {
		values[secret.SecretKey] = secret.SecretValue
		s.redactor.Add(secret.SecretValue)
	}
	return values, nil
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
