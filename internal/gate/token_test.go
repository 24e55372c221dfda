package gate

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"crane/stacks"
)

var birth = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

const (
	sha     = "0123456789abcdef0123456789abcdef01234567"
	theirs  = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	another = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// theKeys are the issuer's and a stranger's, made once: it takes a while.
var theKeys = sync.OnceValue(func() (keys [2]*rsa.PrivateKey) {
	for i := range keys {
		keys[i], _ = rsa.GenerateKey(rand.Reader, 2048)
	}
	return keys
})

func issuersKey() *rsa.PrivateKey   { return theKeys()[0] }
func strangersKey() *rsa.PrivateKey { return theKeys()[1] }

// jwks is what an issuer with that key publishes.
func jwks(t *testing.T, keys ...jose.JSONWebKey) []byte {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	require.NoError(t, err)
	return text
}

func public(key *rsa.PrivateKey, id string) jose.JSONWebKey {
	return jose.JSONWebKey{Key: &key.PublicKey, KeyID: id, Algorithm: "RS256", Use: "sig"}
}

func archived(t *testing.T, key *rsa.PrivateKey) keySet {
	t.Helper()
	keys, err := parse(jwks(t, public(key, "k1")))
	require.NoError(t, err)
	return keys
}

type claimSet map[string]any

// job are the claims of a token for a receipt, of one of the two workflows.
func job(w stacks.Workflow, audience string) claimSet {
	ref := "acme/crane/.github/workflows/" + w.File + "@refs/heads/main"
	return claimSet{
		"iss": github, "aud": audience, "sub": "repo:acme/crane:environment:" + w.Environment, "jti": "j",
		"iat": birth.Unix(), "nbf": birth.Add(-5 * time.Minute).Unix(), "exp": birth.Add(5 * time.Minute).Unix(),
		"repository": "acme/crane", "repository_id": "123456", "repository_owner_id": "654321",
		"environment": w.Environment, "ref": "refs/heads/main", "ref_type": "branch",
		"workflow_ref": ref, "job_workflow_ref": ref, "event_name": w.Event, "runner_environment": "github-hosted",
		"run_id": "77", "run_attempt": "1", "actor": "octocat", "sha": sha,
	}
}

func promotionJob() claimSet { return job(declared().Promote, Audience(theirs)) }
func receiptJob() claimSet   { return job(declared().Deploy, ReceiptAudience(theirs)) }

// with changes claims; nil takes one out.
func (c claimSet) with(changes claimSet) claimSet {
	out := maps.Clone(c)
	for name, value := range changes {
		out[name] = value
		if value == nil {
			delete(out, name)
		}
	}
	return out
}

// null is a claim that is there and is null.
var null = json.RawMessage("null")

// signed makes a token with any key and algorithm.
func (c claimSet) signed(t *testing.T, algorithm jose.SignatureAlgorithm, key any) string {
	t.Helper()
	payload, err := json.Marshal(c)
	require.NoError(t, err)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: "k1"}}, nil)
	require.NoError(t, err)
	object, err := signer.Sign(payload)
	require.NoError(t, err)
	token, err := object.CompactSerialize()
	require.NoError(t, err)
	return token
}

func (c claimSet) token(t *testing.T) string {
	t.Helper()
	return c.signed(t, jose.RS256, issuersKey())
}

func policy(t *testing.T) *Policy {
	t.Helper()
	p, err := Compile(declared(), there)
	require.NoError(t, err)
	return p
}
