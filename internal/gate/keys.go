package gate

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// Keys are the keys that an issuer has now. It is asked whenever a signature is
// checked: over https, or on this machine.
func Keys(_ context.Context, issuer string) oidc.KeySet { return remote(issuer) }

type remote string

func (r remote) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	text, err := Archive(ctx, string(r))
	if err != nil {
		return nil, err
	}
	keys, err := Archived(text)
	if err != nil {
		return nil, err
	}
	return keys.VerifySignature(ctx, token)
}

// Archived are the keys of an issuer as Archive has fetched them, or as KeyOf has
// kept them. Who may have written them is for the caller to know.
func Archived(text []byte) (oidc.KeySet, error) { return parse(text) }

// KeyOf keeps, of the keys of an issuer, the one that signed a token, always in
// the same bytes. Keys are archived so, because issuers change theirs. Errors are
// ErrSigner, and ErrKeys where the text has no keys.
func KeyOf(text []byte, token string) ([]byte, error) {
	keys, err := parse(text)
	if err != nil {
		return nil, err
	}
	_, key, err := keys.verify(token)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSigner, err)
	}
	kept, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: key.Key, KeyID: key.KeyID, Algorithm: algorithm, Use: "sig"},
	}})
	return append(kept, '\n'), err
}

// keySet are public keys that sign with RS256.
type keySet []jose.JSONWebKey

// leastBits is the shortest key that counts.
const leastBits = 2048

// parse reads a JWKS (RFC 7517), and passes over the keys that are for something
// else, as section 5 has it.
func parse(text []byte) (keySet, error) {
	var listed struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &listed); err != nil {
		return nil, fmt.Errorf("%w: what they are read from is not JSON", ErrKeys)
	}
	var keys keySet
	for _, one := range listed.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(one) == nil && fit(key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%w: none of them signs with %s", ErrKeys, algorithm)
	}
	return keys, nil
}

// fit reports whether a key is a public one for RS256. A key is known by its name,
// so one without is none.
func fit(key jose.JSONWebKey) bool {
	public, ok := key.Key.(*rsa.PublicKey)
	return ok && public.N.BitLen() >= leastBits && key.KeyID != "" &&
		(key.Algorithm == "" || key.Algorithm == algorithm) && (key.Use == "" || key.Use == "sig")
}

// VerifySignature is for the verifier of go-oidc.
func (k keySet) VerifySignature(_ context.Context, token string) ([]byte, error) {
	payload, _, err := k.verify(token)
	return payload, err
}

// verify finds the key that signed a token, among those that the token names.
func (k keySet) verify(token string) ([]byte, jose.JSONWebKey, error) {
	if err := strict(token); err != nil {
		return nil, jose.JSONWebKey{}, fmt.Errorf("the token is %w", err)
	}
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{algorithm})
	if err != nil || len(signed.Signatures) != 1 {
		return nil, jose.JSONWebKey{}, fmt.Errorf("the token is not signed with %s", algorithm)
	}
	for _, key := range k {
		if key.KeyID != signed.Signatures[0].Header.KeyID {
			continue
		}
		if payload, err := signed.Verify(key.Key); err == nil {
			return payload, key, nil
		}
	}
	return nil, jose.JSONWebKey{}, errors.New("no key made the token's signature")
}
