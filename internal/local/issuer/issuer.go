// Package issuer is a stand-in for GitHub's issuer of identity tokens,
// https://token.actions.githubusercontent.com, on this machine: discovery, keys,
// and the address at which a job with the permission id-token: write asks for a
// token. Shapes: https://docs.github.com/en/actions/reference/security/oidc. What
// GitHub does not have is POST /jobs, by which a job begins. Its tokens open
// nothing but what trusts this machine.
package issuer

import (
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Prefix is the path under which the issuer is served.
const Prefix = "/oidc"

// Issuer signs tokens with the key of one folder.
type Issuer struct {
	// Clock tells when tokens are issued and jobs end; nil means time.Now. It
	// is set before the first request.
	Clock func() time.Time

	key  jose.JSONWebKey
	jobs jobs
}

// Open takes the key of a folder, and makes it when there is none yet. A file
// that holds no key is left as it is, and ErrKey. Jobs are kept in memory: a
// restart ends them all. Nobody else may open the folder at the same time.
func Open(dir string) (*Issuer, error) {
	key, err := openKey(dir)
	if err != nil {
		return nil, err
	}
	return &Issuer{key: key, jobs: jobs{live: map[string]job{}}}, nil
}

// Trust is what somebody who trusts an issuer knows of it.
type Trust struct {
	// URL is the issuer's address, which its tokens name as iss.
	URL string
	// Keys are its public keys.
	Keys jose.JSONWebKeySet
}

// Trust is what others may know of the issuer at an address.
func (i *Issuer) Trust(url string) Trust {
	return Trust{URL: url, Keys: jose.JSONWebKeySet{Keys: []jose.JSONWebKey{i.key.Public()}}}
}

func (i *Issuer) now() time.Time {
	if i.Clock == nil {
		return time.Now()
	}
	return i.Clock()
}
