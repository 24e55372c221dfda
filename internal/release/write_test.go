package release_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/gate"
	"crane/internal/hint"
	"crane/internal/release"
)

// TestWriteNothing leaves the folder above as it was.
func TestWriteNothing(t *testing.T) {
	t.Parallel()
	failed := errors.New("GitHub does not answer")
	other := maps.Clone(codes())
	other[digestOf("api")] = []byte("another")
	more := maps.Clone(codes())
	more[digestOf("x")] = []byte("x")
	fewer := maps.Clone(codes())
	delete(fewer, digestOf("watch"))
	for what, tc := range map[string]struct {
		receipt release.Receipt
		bundles map[string][]byte
		with    release.Signer
		is      error
		says    string
	}{
		"no signature":      {sample(), codes(), signer{err: failed}, failed, "the receipt was not signed, and nothing was written: GitHub does not answer"},
		"another's keys":    {sample(), codes(), mixed{}, gate.ErrSigner, "the receipt was not signed, and nothing was written"},
		"malformed":         {release.Receipt{Commit: sha}, nil, signer{}, release.ErrMalformed, "damaged receipt: "},
		"another bundle":    {sample(), other, signer{}, release.ErrBundle, "the one of worker api is called " + digestOf("api")[:12] + " and is " + digestOf("another")[:12]},
		"a bundle missing":  {sample(), fewer, signer{}, release.ErrBundle, "the one of worker watch, " + digestOf("watch")[:12] + ", is missing; nothing was written"},
		"a bundle too many": {sample(), more, signer{}, release.ErrBundle, "is of no Worker"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			above := t.TempDir()
			dir := filepath.Join(above, "releases", "receipt")
			err := release.Write(t.Context(), dir, tc.receipt, tc.bundles, tc.with)
			require.ErrorIs(t, err, tc.is)
			require.ErrorContains(t, err, tc.says)
			entries, err := os.ReadDir(above)
			require.NoError(t, err)
			require.Empty(t, entries)
			_, err = release.Open(dir)
			require.ErrorIs(t, err, release.ErrNone)
		})
	}
}

// mixed signs with one key and has the keys of somebody else.
type mixed struct{ signer }

func (m mixed) Sign(ctx context.Context, audience string) (string, []byte, error) {
	token, _, err := m.signer.Sign(ctx, audience)
	return token, jwks(theKeys()[1]), err
}

// TestWriteHalfway is what a process that is killed leaves: a folder with some of
// the files. Nobody takes it for a receipt, and it is in nobody's way.
func TestWriteHalfway(t *testing.T) {
	t.Parallel()
	whole := tree(t, written(t, signer{}))
	for _, without := range []string{"receipt.json", "receipt.jwt", "keys.json"} {
		above := t.TempDir()
		left := filepath.Join(above, ".partial-1")
		for name, text := range whole {
			if name != without {
				path := filepath.Join(left, name)
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
				require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
			}
		}
		_, err := release.Open(left)
		require.Error(t, err)
		store := release.Store{Dir: above}
		all, err := store.All()
		require.NoError(t, err)
		require.Empty(t, all)
		_, err = store.Save(t.Context(), sample(), codes(), signer{})
		require.NoError(t, err)
		all, err = store.All()
		require.NoError(t, err)
		require.Len(t, all, 1)
	}
}

func TestWriteRace(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "deep", "receipt")
	failures := make([]error, 12)
	var group sync.WaitGroup
	for i := range failures {
		group.Go(func() {
			failures[i] = release.Write(t.Context(), dir, sample(), codes(), signer{claims: map[string]any{"jti": i}})
		})
	}
	group.Wait()
	require.NoError(t, errors.Join(failures...))
	opened(t, dir)
	entries, err := os.ReadDir(filepath.Dir(dir))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left beside it")
	require.Len(t, tree(t, dir), 5)
}

func TestWriteWhereSomethingIs(t *testing.T) {
	t.Parallel()
	dir := written(t, signer{})
	before := tree(t, dir)
	other := sample()
	other.Verified = birth.Add(time.Second)
	err := release.Write(t.Context(), dir, other, codes(), signer{})
	require.ErrorIs(t, err, release.ErrTaken)
	require.ErrorContains(t, err, "nothing was written")
	require.NotEmpty(t, hint.Of(err))
	require.Equal(t, before, tree(t, dir))
	require.NoError(t, release.Write(t.Context(), dir, sample(), codes(), signer{}))
	require.Equal(t, before, tree(t, dir), "the first one stays")

	require.NoError(t, os.Remove(filepath.Join(dir, "keys.json")))
	require.ErrorIs(t, release.Write(t.Context(), dir, sample(), codes(), signer{}), release.ErrMalformed)
	require.NoError(t, os.Remove(filepath.Join(dir, "receipt.json")))
	err = release.Write(t.Context(), dir, sample(), codes(), signer{})
	require.ErrorContains(t, err, "was not written")
	require.NotEmpty(t, hint.Of(err))

	blocked := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(blocked, nil, 0o600))
	require.Error(t, release.Write(t.Context(), filepath.Join(blocked, "receipt"), sample(), codes(), signer{}))
}
