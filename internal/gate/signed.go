package gate

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// algorithm is the only one that GitHub signs with; a token cannot choose another.
const algorithm = oidc.RS256

// maxToken bounds a token, in bytes; GitHub's have some two thousand.
const maxToken = 16 << 10

// signed gives the claims of a token that the issuer has signed. What else the
// verifier has against it is the doubt: in its own words, so that it is only what
// is said when nothing more telling is found, and never what is passed over.
func (p *Policy) signed(ctx context.Context, q question, keys oidc.KeySet, token, receipt string, now time.Time) (signed claims, doubt, err error) {
	if err := strict(token); err != nil {
		return claims{}, nil, fmt.Errorf("%w: %s is %w", ErrSigner, q.subject, err)
	}
	seen := &witness{KeySet: keys}
	_, doubt = oidc.NewVerifier(p.issuer, seen, &oidc.Config{
		ClientID:             q.audience + receipt,
		SupportedSigningAlgs: []string{algorithm},
		SkipExpiryCheck:      q.kept,
		Now:                  func() time.Time { return now },
	}).Verify(ctx, token)
	switch {
	case errors.Is(seen.err, ErrKeys):
		return claims{}, nil, seen.err
	case errors.Is(seen.err, context.Canceled), errors.Is(seen.err, context.DeadlineExceeded):
		return claims{}, nil, fmt.Errorf("%w: %w", ErrKeys, seen.err)
	case seen.err != nil:
		return claims{}, nil, fmt.Errorf("%w: no key of %s made the signature of %s", ErrSigner, shown(p.issuer), q.subject)
	case seen.payload == nil:
		return claims{}, nil, fmt.Errorf("%w: %s is not signed with %s", ErrSigner, q.subject, algorithm)
	}
	signed, err = decode(seen.payload)
	if err != nil {
		return claims{}, nil, fmt.Errorf("%s cannot be read: %w", q.subject, err)
	}
	return signed, doubt, nil
}

// witness is a set of keys that remembers what it said: the verifier passes on
// neither the payload of a token that it refuses, nor why no key could be had.
type witness struct {
	oidc.KeySet
	payload []byte
	err     error
}

func (w *witness) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	w.payload, w.err = w.KeySet.VerifySignature(ctx, token)
	return w.payload, w.err
}

// strict wants the one way of writing a token: three parts of base64url, no bit of
// which can be changed without changing what it means.
func strict(token string) error {
	if token == "" {
		return errors.New("empty")
	}
	if len(token) > maxToken {
		return fmt.Errorf("%d bytes long, and %d is the most", len(token), maxToken)
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return errors.New("not three parts with full stops between them")
	}
	for i, part := range parts {
		// The decoder passes over the ends of lines.
		if _, err := base64.RawURLEncoding.Strict().DecodeString(part); err != nil || strings.ContainsAny(part, "\r\n") {
			return fmt.Errorf("not base64url in part %d of its three", i+1)
		}
	}
	return nil
}
