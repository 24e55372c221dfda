package release_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"

	"crane/internal/gate"
	"crane/internal/local/issuer"
	"crane/internal/release"
	"crane/internal/secrets"
	"crane/stacks"
)

const sha = "0123456789abcdef0123456789abcdef01234567"

var birth = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// codes are the bundles of the receipt, by their digests.
func codes() map[string][]byte {
	return map[string][]byte{digestOf("api"): []byte("api"), digestOf("watch"): []byte("watch")}
}

func sample() release.Receipt {
	return release.Receipt{
		Commit:   sha,
		RunID:    "9000000001",
		Verified: birth,
		Workers: map[string]release.Worker{
			"api": {
				Bundle: digestOf("api"), CompatibilityDate: "2026-11-01", CompatibilityFlags: []string{"nodejs_compat"},
				Revision: digestOf("r1"), VerifiedAt: birth.Add(-time.Minute),
			},
			"watch": {Bundle: digestOf("watch"), CompatibilityDate: "2026-11-01", Revision: digestOf("r2"), VerifiedAt: birth.Add(-time.Minute)},
		},
		Databases: map[string]release.Database{
			"context": {Head: "0002_b.sql", Migrations: []release.Migration{{"0001_a.sql", digestOf("a")}, {"0002_b.sql", digestOf("b")}}},
			"empty":   {},
		},
		Secrets: secrets.Proof{Key: digestOf("key"), Marks: map[string]string{"ADMIN_KEY": digestOf("mark")}},
	}
}

// theKeys are the issuer's and a stranger's, made once: it takes a while.
var theKeys = sync.OnceValue(func() (keys [2]*rsa.PrivateKey) {
	for i := range keys {
		keys[i], _ = rsa.GenerateKey(rand.Reader, 2048)
	}
	return keys
})

// signer signs as staging's job does, but for what the test changes.
type signer struct {
	claims map[string]any
	key    *rsa.PrivateKey // the issuer's own unless set
	err    error
}

func (s signer) Sign(_ context.Context, audience string) (string, []byte, error) {
	key := s.key
	if key == nil {
		key = theKeys()[0]
	}
	with, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "k1"}}, nil)
	if err != nil {
		return "", nil, err
	}
	claims := map[string]any{"iss": local + "/oidc", "aud": audience, "iat": birth.Unix(), "exp": birth.Add(5 * time.Minute).Unix()}
	maps.Copy(claims, issuer.Deployment(sha))
	maps.Copy(claims, s.claims)
	token, err := jwt.Signed(with).Claims(claims).Serialize()
	return token, jwks(key), errors.Join(err, s.err)
}

// jwks is what an issuer publishes: with a key that is older.
func jwks(key *rsa.PrivateKey) []byte {
	text, _ := json.MarshalIndent(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: &theKeys()[1].PublicKey, KeyID: "k0"}, {Key: &key.PublicKey, KeyID: "k1"},
	}}, "", " ")
	return text
}

const local = "http://127.0.0.1:7703"

func policy(t *testing.T) *gate.Policy {
	t.Helper()
	p, err := gate.Compile(stacks.ProductionGate, gate.Where{APIHost: "127.0.0.1:7701", Infisical: local})
	require.NoError(t, err)
	return p
}

// written is the sample in a new folder.
func written(t *testing.T, with signer) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "receipt")
	require.NoError(t, release.Write(t.Context(), dir, sample(), codes(), with))
	return dir
}

func opened(t *testing.T, dir string) *release.Signed {
	t.Helper()
	signed, err := release.Open(dir)
	require.NoError(t, err)
	return signed
}

// tree is all that is under a folder, by path.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	require.NoError(t, filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		found[strings.TrimPrefix(path, dir+"/")] = string(text)
		return err
	}))
	return found
}
