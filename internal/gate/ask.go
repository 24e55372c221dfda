package gate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"crane/internal/hint"
)

// The shapes of what has no one right value.
var (
	commit = regexp.MustCompile(`^[0-9a-f]{40}$`)
	digest = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// ask holds a token against a question. Its denials have a hint.
func (p *Policy) ask(ctx context.Context, q question, keys oidc.KeySet, token, receipt string, now time.Time) (Claims, error) {
	claims, err := p.answer(ctx, q, keys, token, receipt, now)
	if err == nil {
		return claims, nil
	}
	next := cmp.Or(q.next, mend)
	if errors.Is(err, ErrKeys) && hint.Of(err) != "" {
		next = hint.Of(err)
	}
	return Claims{}, hint.Wrap(fmt.Errorf("%w: %w", ErrDenied, err), next)
}

func (p *Policy) answer(ctx context.Context, q question, keys oidc.KeySet, token, receipt string, now time.Time) (Claims, error) {
	if len(q.pins) == 0 || p.issuer == "" || keys == nil {
		// Compile makes no such policy.
		return Claims{}, fmt.Errorf("%w: it was not compiled, or there are no keys", ErrPolicy)
	}
	if !digest.MatchString(receipt) {
		return Claims{}, fmt.Errorf("the receipt's digest is %s, and has to be 64 hexadecimal digits", shown(receipt))
	}
	signed, doubt, err := p.signed(ctx, q, keys, token, receipt, now)
	if err != nil {
		return Claims{}, err
	}
	claims, err := q.check(signed, p.issuer, q.audience+receipt, now)
	if err == nil && doubt != nil {
		err = fmt.Errorf("%s was not accepted: %w", q.subject, doubt)
	}
	return claims, err
}

// check says what is wrong with the claims of a token that was signed. That it is
// too old comes last: of an old receipt it is the only thing wrong.
func (q question) check(signed claims, issuer, audience string, now time.Time) (Claims, error) {
	signed.subject = q.subject
	if err := signed.is("iss", issuer); err != nil {
		return Claims{}, fmt.Errorf("%w: %w", ErrSigner, err)
	}
	if err := signed.audience(audience); err != nil {
		return Claims{}, err
	}
	for _, pin := range q.pins {
		if err := signed.is(pin.claim, pin.value); err != nil {
			return Claims{}, err
		}
	}
	found, err := signed.recorded()
	if err != nil {
		return Claims{}, err
	}
	if q.person && strings.HasSuffix(found.Actor, bot) {
		return Claims{}, fmt.Errorf("the run was started by %s, which is no person", shown(found.Actor))
	}
	found.IssuedAt, err = q.times(signed, now)
	if err != nil {
		return Claims{}, err
	}
	return found, nil
}

// bot ends the name of every account of an app: another workflow can start this
// one with its own token, and is github-actions[bot] then. Nobody would approve
// what he did not start himself.
const bot = "[bot]"
