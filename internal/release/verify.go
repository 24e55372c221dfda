package release

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"crane/internal/gate"
	"crane/internal/hint"
)

// Keys are those that were archived with the receipt, for whoever looks at it
// later. They are as trustworthy as the folder: nobody is let through by them.
func (s *Signed) Keys() (oidc.KeySet, error) { return gate.Archived(s.key) }

// Verify believes a receipt, or says why not: ErrSigner, ErrEdited, ErrForeign,
// ErrOld, or gate.ErrKeys when nobody can tell. All of them are gate.ErrDenied.
func (s *Signed) Verify(ctx context.Context, policy *gate.Policy, keys oidc.KeySet, now time.Time) (gate.Claims, error) {
	return s.judge(policy.Receipt(ctx, keys, string(s.token), s.Digest(), now))
}

// Earlier is Verify for going back to what production has run: at any age. It takes
// the issuer's keys of now, too. Which receipt that is, production's own state says.
func (s *Signed) Earlier(ctx context.Context, policy *gate.Policy, keys oidc.KeySet, now time.Time) (gate.Claims, error) {
	return s.judge(policy.Earlier(ctx, keys, string(s.token), s.Digest(), now))
}

func (s *Signed) judge(claims gate.Claims, err error) (gate.Claims, error) {
	if err == nil && claims.SHA != s.Commit {
		err = hint.Wrap(fmt.Errorf("%w: it is of commit %.12s, and was signed by a run on %.12s", gate.ErrDenied, s.Commit, claims.SHA), another)
		return gate.Claims{}, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	switch {
	case err == nil:
		return claims, nil
	case errors.Is(err, gate.ErrAudience):
		return gate.Claims{}, hint.Wrap(fmt.Errorf("%w: %w", ErrEdited, err), another)
	case errors.Is(err, ErrSigner), errors.Is(err, ErrOld), errors.Is(err, gate.ErrKeys), errors.Is(err, gate.ErrPolicy):
		return gate.Claims{}, err
	}
	return gate.Claims{}, fmt.Errorf("%w: %w", ErrForeign, err)
}
