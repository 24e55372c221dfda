package issuer

import (
	"fmt"
	"maps"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/uuid"
)

// TokenLife is how long after it was issued a token ends, and how long before
// that it already holds, as in GitHub's.
const TokenLife = 5 * time.Minute

// own are the claims that the issuer makes.
var own = []string{"iss", "aud", "iat", "nbf", "exp", "jti"}

// sign makes a token of a job's claims.
func (i *Issuer) sign(url, audience string, claims Claims) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: i.key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrKey, err)
	}
	now := i.now()
	all := maps.Clone(claims)
	maps.Copy(all, Claims{
		"iss": url,
		"aud": audience,
		"iat": now.Unix(),
		"nbf": now.Add(-TokenLife).Unix(),
		"exp": now.Add(TokenLife).Unix(),
		"jti": uuid.NewString(),
	})
	return jwt.Signed(signer).Claims(map[string]any(all)).Serialize()
}

// audience is the default one: the address of the repository's owner.
func (c Claims) audience() string { return fmt.Sprint("https://github.com/", c["repository_owner"]) }
