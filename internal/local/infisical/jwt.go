package infisical

import (
	"errors"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"crane/internal/local/issuer"
)

// algorithms are those a token may be signed with: none by a shared secret.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512}

// verify reads a token whose signature, times and issuer are right, in the words
// of the real server's jsonwebtoken. As there, a token without an end has none.
func verify(trust issuer.Trust, raw string, now time.Time) (map[string]any, *denial) {
	token, err := jwt.ParseSigned(raw, algorithms)
	if wrong := new(jose.ErrUnexpectedSignatureAlgorithm); errors.As(err, &wrong) {
		return nil, unauthorized("Access denied: invalid algorithm")
	}
	if err != nil {
		return nil, unauthorized("Invalid JWT")
	}
	kid := token.Headers[0].KeyID
	keys := trust.Keys.Key(kid)
	if len(keys) == 0 {
		return nil, unauthorized("Access denied: Unable to verify JWT signature. The signing key '%s' was not found "+
			"in the OIDC provider's JWKS endpoint. This may indicate an invalid token or misconfigured OIDC provider.", kid)
	}
	var times jwt.Claims
	var all map[string]any
	if err := token.Claims(keys[0], &times, &all); errors.Is(err, jose.ErrCryptoFailure) {
		return nil, unauthorized("Access denied: invalid signature")
	} else if err != nil {
		return nil, unauthorized("Access denied: invalid token")
	}
	return all, current(times, trust.URL, now)
}

// current checks the times, to the second, and the issuer.
func current(c jwt.Claims, url string, now time.Time) *denial {
	switch {
	case c.NotBefore != nil && c.NotBefore.Time().Unix() > now.Unix():
		return unauthorized("Access denied: jwt not active")
	case c.Expiry != nil && c.Expiry.Time().Unix() <= now.Unix():
		return unauthorized("Access denied: jwt expired")
	case c.Issuer != url:
		return unauthorized("Access denied: jwt issuer invalid. expected: %s", url)
	}
	return nil
}
