package release_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/release"
)

// stocked is a store with three receipts, the last of two commits.
func stocked(t *testing.T) (release.Store, []*release.Signed) {
	t.Helper()
	store := release.Store{Dir: filepath.Join(t.TempDir(), "releases")}
	var saved []*release.Signed
	for i, commit := range []string{sha, strings.Repeat("b", 40), sha} {
		r := sample()
		r.Commit = commit
		r.Verified = birth.Add(time.Duration(i) * time.Hour)
		signed, err := store.Save(t.Context(), r, codes(), signer{claims: map[string]any{"sha": commit}})
		require.NoError(t, err)
		require.Equal(t, filepath.Join(store.Dir, signed.Digest()), signed.Dir)
		saved = append(saved, signed)
	}
	return store, saved
}

func TestStore(t *testing.T) {
	t.Parallel()
	store, saved := stocked(t)
	all, err := store.All()
	require.NoError(t, err)
	require.Equal(t, []*release.Signed{saved[2], saved[1], saved[0]}, all)
	newest, err := store.Newest()
	require.NoError(t, err)
	require.Equal(t, saved[2], newest)
	of, err := store.ByCommit(sha)
	require.NoError(t, err)
	require.Equal(t, saved[2], of)
	of, err = store.ByDigest(saved[0].Digest())
	require.NoError(t, err)
	require.Equal(t, saved[0], of)
}

func TestStoreHasNone(t *testing.T) {
	t.Parallel()
	empty := release.Store{Dir: filepath.Join(t.TempDir(), "none")}
	all, err := empty.All()
	require.NoError(t, err)
	require.Empty(t, all)
	_, err = empty.Newest()
	require.ErrorIs(t, err, release.ErrNone)
	require.ErrorContains(t, err, "no receipt of any commit in ")
	store, _ := stocked(t)
	_, err = store.ByCommit(strings.Repeat("c", 40))
	require.ErrorIs(t, err, release.ErrNone)
	require.ErrorContains(t, err, "no receipt of commit cccccccccccc in ")
	for _, digest := range []string{digestOf("x"), "", "..", strings.Repeat("x", 500)} {
		_, err = store.ByDigest(digest)
		require.ErrorIs(t, err, release.ErrNone, digest)
		require.NotEmpty(t, hint.Of(err))
		require.Less(t, len(err.Error()), 300)
	}
}

// TestStoreIsDamaged in one folder, which the error names.
func TestStoreIsDamaged(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]func(dir string) error{
		"without a receipt": func(dir string) error { return os.Remove(filepath.Join(dir, "receipt.json")) },
		"without a token":   func(dir string) error { return os.Remove(filepath.Join(dir, "receipt.jwt")) },
		"edited": func(dir string) error {
			text, _ := os.ReadFile(filepath.Join(dir, "receipt.json"))
			return os.WriteFile(filepath.Join(dir, "receipt.json"), append(text, '\n'), 0o600)
		},
	} {
		store, saved := stocked(t)
		require.NoError(t, change(saved[1].Dir))
		before := tree(t, store.Dir)
		for _, ask := range []func() error{
			func() error { _, err := store.All(); return err },
			func() error { _, err := store.Newest(); return err },
			func() error { _, err := store.ByCommit(sha); return err },
			func() error { _, err := store.ByDigest(saved[1].Digest()); return err },
		} {
			err := ask()
			require.ErrorIs(t, err, release.ErrMalformed, what)
			require.ErrorContains(t, err, saved[1].Dir)
			require.Contains(t, hint.Of(err), "rm -r "+saved[1].Dir)
		}
		_, err := store.ByDigest(saved[0].Digest())
		require.NoError(t, err, "another one can be had still")
		require.Equal(t, before, tree(t, store.Dir))
	}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	_, saved := stocked(t)
	to := filepath.Join(t.TempDir(), ".crane", "promotion")
	require.NoError(t, release.Copy(saved[0], to))
	require.Equal(t, tree(t, saved[0].Dir), tree(t, to))
	require.NoError(t, os.WriteFile(filepath.Join(to, "promotion.json"), []byte("{}"), 0o600))
	require.NoError(t, release.Copy(saved[1], to))
	require.Equal(t, tree(t, saved[1].Dir), tree(t, to), "what was there is gone")
	require.NoError(t, release.Copy(opened(t, to), to), "into its own place")

	before := tree(t, filepath.Dir(to))
	bundle := filepath.Join(saved[2].Dir, "bundles", digestOf("api")+".js")
	require.NoError(t, os.WriteFile(bundle, []byte("Api"), 0o600))
	err := release.Copy(saved[2], to)
	require.ErrorIs(t, err, release.ErrBundle)
	require.ErrorContains(t, err, "nothing was copied")
	require.NotEmpty(t, hint.Of(err))
	require.Equal(t, before, tree(t, filepath.Dir(to)), "nor is anything left beside it")
}
