package release_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/gate"
	"crane/internal/hint"
	"crane/internal/release"
	"crane/stacks"
)

func TestWriteOpenVerify(t *testing.T) {
	t.Parallel()
	signed := opened(t, written(t, signer{}))
	text, err := sample().Encode()
	require.NoError(t, err)
	read, err := release.Decode(text)
	require.NoError(t, err)
	require.Equal(t, read, signed.Receipt)
	require.Equal(t, digestOf(string(text)), signed.Digest())

	keys, err := gate.Archived(jwks(theKeys()[0]))
	require.NoError(t, err)
	claims, err := signed.Verify(t.Context(), policy(t), keys, birth.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, gate.Claims{SHA: sha, RunID: "9000000001", RunAttempt: "1", Actor: "operator", IssuedAt: birth}, claims)
	kept, err := signed.Keys()
	require.NoError(t, err)
	_, err = signed.Earlier(t.Context(), policy(t), kept, birth.AddDate(5, 0, 0))
	require.NoError(t, err)

	for digest, code := range codes() {
		got, err := signed.Bundle(digest)
		require.NoError(t, err)
		require.Equal(t, code, got)
	}
	require.Len(t, tree(t, signed.Dir), 5)
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	hour := time.Hour
	const edited = "the receipt is not the one that was signed"
	for what, tc := range map[string]struct {
		with  signer
		after time.Duration
		is    error
		says  string
	}{
		"old":               {signer{}, stacks.ProductionGate.ReceiptLife + hour, release.ErrOld, "the receipt is too old: staging was verified 14d1h0m ago, and 14d0h0m is the limit"},
		"of tomorrow":       {signer{}, -hour, release.ErrForeign, "which is yet to come"},
		"another issuer":    {signer{claims: map[string]any{"iss": "https://evil.example"}}, hour, release.ErrSigner, `the claim iss of the receipt's token is "https://evil.example", not "http://127.0.0.1:7703/oidc"`},
		"another key":       {signer{key: theKeys()[1]}, hour, release.ErrSigner, "made the signature of the receipt's token"},
		"another workflow":  {signer{claims: map[string]any{"workflow_ref": "local/crane/.github/workflows/x.yml@refs/heads/main"}}, hour, release.ErrForeign, "the claim workflow_ref of the receipt's token is"},
		"another branch":    {signer{claims: map[string]any{"ref": "refs/heads/feature"}}, hour, release.ErrForeign, `the claim ref of the receipt's token is "refs/heads/feature", not "refs/heads/main"`},
		"a pull request":    {signer{claims: map[string]any{"event_name": "pull_request"}}, hour, release.ErrForeign, `the claim event_name of the receipt's token is "pull_request", not "push"`},
		"a fork":            {signer{claims: map[string]any{"repository_id": "2"}}, hour, release.ErrForeign, `the claim repository_id of the receipt's token is "2"`},
		"production's job":  {signer{claims: map[string]any{"environment": "production"}}, hour, release.ErrForeign, "the claim environment"},
		"another commit":    {signer{claims: map[string]any{"sha": strings.Repeat("a", 40)}}, hour, release.ErrForeign, "it is of commit 0123456789ab, and was signed by a run on aaaaaaaaaaaa"},
		"another receipt":   {signer{claims: map[string]any{"aud": gate.ReceiptAudience(digestOf("x"))}}, hour, release.ErrEdited, edited},
		"a promotion token": {signer{claims: map[string]any{"aud": gate.Audience(digestOf("x"))}}, hour, release.ErrEdited, edited},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			dir := written(t, tc.with)
			before := tree(t, dir)
			signed := opened(t, dir)
			keys, err := gate.Archived(jwks(theKeys()[0]))
			require.NoError(t, err)
			claims, err := signed.Verify(t.Context(), policy(t), keys, birth.Add(tc.after))
			require.Zero(t, claims)
			require.ErrorIs(t, err, tc.is)
			require.ErrorIs(t, err, gate.ErrDenied)
			require.ErrorContains(t, err, tc.says)
			require.NotEmpty(t, hint.Of(err))
			for _, other := range []error{release.ErrOld, release.ErrSigner, release.ErrForeign, release.ErrEdited} {
				require.Equal(t, other == tc.is, errors.Is(err, other), other)
			}
			if tc.is != release.ErrOld {
				_, err = signed.Earlier(t.Context(), policy(t), keys, birth.Add(tc.after))
				require.ErrorIs(t, err, tc.is, "only the age is let pass")
			}
			require.Equal(t, before, tree(t, dir))
		})
	}
}

// TestWithoutKeys: that nobody can tell is not that it is forged.
func TestWithoutKeys(t *testing.T) {
	t.Parallel()
	signed := opened(t, written(t, signer{}))
	_, err := signed.Verify(t.Context(), policy(t), gate.Keys(t.Context(), "http://127.0.0.1:1"), birth)
	require.ErrorIs(t, err, gate.ErrKeys)
	require.ErrorIs(t, err, gate.ErrDenied)
	require.NotErrorIs(t, err, release.ErrForeign)
	_, err = signed.Verify(t.Context(), policy(t), ended{}, birth)
	require.ErrorIs(t, err, gate.ErrKeys)
	require.ErrorIs(t, err, context.Canceled)
}

type ended struct{}

func (ended) VerifySignature(context.Context, string) ([]byte, error) { return nil, context.Canceled }

// TestEveryByteCounts flips one bit of every byte, and another one that makes small
// letters large.
func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	dir := written(t, signer{})
	keys, err := gate.Archived(jwks(theKeys()[0]))
	require.NoError(t, err)
	p := policy(t)
	for _, name := range []string{"receipt.json", "receipt.jwt", "keys.json"} {
		path := filepath.Join(dir, name)
		good, err := os.ReadFile(path)
		require.NoError(t, err)
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		require.NoError(t, err)
		for i := range good {
			for _, bit := range []byte{1, 0x20, 0} {
				_, err := file.WriteAt([]byte{good[i] ^ bit}, int64(i))
				require.NoError(t, err)
				if bit == 0 {
					break // as it was
				}
				signed, err := release.Open(dir)
				if err == nil {
					require.Equal(t, "receipt.json", name, "byte %d", i)
					_, err = signed.Verify(t.Context(), p, keys, birth)
					require.ErrorIs(t, err, release.ErrEdited, "byte %d", i)
					continue
				}
				require.True(t, errors.Is(err, release.ErrMalformed) || errors.Is(err, release.ErrSigner), "%s, byte %d: %v", name, i, err)
				require.NotEmpty(t, hint.Of(err))
			}
		}
		require.NoError(t, file.Close())
		for _, bad := range [][]byte{good[:len(good)-1], append(append([]byte{}, good...), '\n'), {}} {
			require.NoError(t, os.WriteFile(path, bad, 0o600))
			if signed, err := release.Open(dir); err == nil {
				_, err = signed.Verify(t.Context(), p, keys, birth)
				require.ErrorIs(t, err, release.ErrEdited)
			}
		}
		require.NoError(t, os.WriteFile(path, good, 0o600))
	}
	_, err = opened(t, dir).Verify(t.Context(), p, keys, birth)
	require.NoError(t, err)
}

func TestBundleBytesCount(t *testing.T) {
	t.Parallel()
	dir := written(t, signer{})
	signed := opened(t, dir)
	path := filepath.Join(dir, "bundles", digestOf("watch")+".js")
	for i := range len("watch") {
		bad := []byte("watch")
		bad[i] ^= 1
		require.NoError(t, os.WriteFile(path, bad, 0o600))
		_, err := signed.Bundle(digestOf("watch"))
		require.ErrorIs(t, err, release.ErrBundle)
		require.ErrorContains(t, err, "not the bundle that was verified")
		require.NotEmpty(t, hint.Of(err))
	}
	require.NoError(t, os.Remove(path))
	_, err := signed.Bundle(digestOf("watch"))
	require.ErrorIs(t, err, release.ErrBundle)
	_, err = signed.Bundle(digestOf("api"))
	require.NoError(t, err)
	for _, other := range []string{digestOf("x"), "", "../receipt.json"} {
		_, err = signed.Bundle(other)
		require.ErrorIs(t, err, release.ErrBundle)
		require.ErrorContains(t, err, "names none")
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for what, tc := range map[string]struct {
		change func(dir string) error
		is     error
		says   string
	}{
		"no folder":  {os.RemoveAll, release.ErrNone, "no receipt in "},
		"no receipt": {func(dir string) error { return os.Remove(dir + "/receipt.json") }, release.ErrNone, "no receipt in "},
		"no token":   {func(dir string) error { return os.Remove(dir + "/receipt.jwt") }, release.ErrMalformed, "receipt.jwt: no such file or directory"},
		"no key":     {func(dir string) error { return os.Remove(dir + "/keys.json") }, release.ErrMalformed, "keys.json: no such file or directory"},
		"all keys": {func(dir string) error { return os.WriteFile(dir+"/keys.json", jwks(theKeys()[0]), 0o600) },
			release.ErrMalformed, "keys.json is not as it was written"},
		"a stranger's key": {func(dir string) error { return os.WriteFile(dir+"/keys.json", jwks(theKeys()[1]), 0o600) },
			release.ErrSigner, "the receipt is not signed by the issuer of the gate"},
		"a folder for a file": {func(dir string) error {
			return errors.Join(os.Remove(dir+"/receipt.json"), os.Mkdir(dir+"/receipt.json", 0o700))
		}, release.ErrMalformed, "receipt.json: is a directory"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			dir := written(t, signer{})
			require.NoError(t, tc.change(dir))
			_, err := release.Open(dir)
			require.ErrorIs(t, err, tc.is)
			require.ErrorContains(t, err, tc.says)
			require.NotEmpty(t, hint.Of(err))
		})
	}
}
