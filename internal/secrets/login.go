package secrets

import (
	"context"
	"time"

	"crane/internal/idtoken"
	"crane/internal/redact"
	"crane/stacks"
)

// token is what a login gives.
type token struct {
	value string
	// life is how long it is good for, longest how long it can be renewed.
	life, longest time.Duration
}

// login is a way to log in to Infisical.
type login interface {
	in(ctx context.Context, c client, r *redact.Redactor) (token, error)
	// String names the identity in messages.
	String() string
}

// universal is a login with an id and a secret, for people and for staging.
type universal struct{ client, secret string }

func (u universal) String() string { return "identity " + u.client }

func (u universal) in(_ context.Context, c client, r *redact.Redactor) (token, error) {
	r.Add(u.secret)
	return c.universal(u.client, u.secret)
}

// oidc is the login of a job of the workflow, by the token that says who it is.
type oidc struct {
	identity string
	job      idtoken.Job
}

func (o oidc) String() string { return "identity " + o.identity }

func (o oidc) in(ctx context.Context, c client, r *redact.Redactor) (token, error) {
	jwt, err := o.job.Token(ctx, stacks.SecretsAudience)
	if err != nil {
		return token{}, err
	}
	r.Add(jwt)
	return c.oidc(o.identity, jwt)
}
