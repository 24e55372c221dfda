package release

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"crane/internal/hint"
)

// Store is a folder of receipts, each in one that is named by its digest. Names
// that begin with a full stop are not looked at: they are of writes that ended
// halfway.
type Store struct{ Dir string }

// Save writes a receipt as Write does, and reads it back.
func (s Store) Save(ctx context.Context, r Receipt, bundles map[string][]byte, sign Signer) (*Signed, error) {
	text, err := r.Encode()
	if err != nil {
		return nil, err
	}
	dir := s.Place(digestOf(text))
	if err := Write(ctx, dir, r, bundles, sign); err != nil {
		return nil, err
	}
	return s.ByDigest(digestOf(text))
}

// All are the receipts there are, the last one that was verified first. One that
// is damaged is an error which names its folder, because nobody can say what it
// was. Without the folder there are none.
func (s Store) All() ([]*Signed, error) {
	entries, err := os.ReadDir(s.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the receipts cannot be listed: %w", err)
	}
	var all []*Signed
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		signed, err := s.open(entry.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, signed)
	}
	slices.SortFunc(all, func(a, b *Signed) int {
		return cmp.Or(b.Verified.Compare(a.Verified), strings.Compare(a.Digest(), b.Digest()))
	})
	return all, nil
}

// open reads one folder of the store.
func (s Store) open(name string) (*Signed, error) {
	dir := filepath.Join(s.Dir, name)
	signed, err := Open(dir)
	if errors.Is(err, ErrNone) {
		err = fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if err == nil && signed.Digest() != name {
		err = fmt.Errorf("%w: %s has the receipt %.12s", ErrMalformed, dir, signed.Digest())
	}
	if err != nil {
		return nil, hint.Wrap(err, "rm -r "+dir+", and download it again if it is needed")
	}
	return signed, nil
}

// Newest is the receipt that was verified last, or ErrNone.
func (s Store) Newest() (*Signed, error) {
	return s.first("any commit", func(*Signed) bool { return true })
}

// ByCommit is the last receipt of a commit, or ErrNone.
func (s Store) ByCommit(commit string) (*Signed, error) {
	return s.first(fmt.Sprintf("commit %.12s", commit), func(each *Signed) bool { return each.Commit == commit })
}

func (s Store) first(what string, wanted func(*Signed) bool) (*Signed, error) {
	all, err := s.All()
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, wanted); i >= 0 {
		return all[i], nil
	}
	return nil, s.none(what)
}

func (s Store) none(what string) error {
	return hint.Wrap(fmt.Errorf("%w of %s in %s", ErrNone, what, s.Dir), another)
}

// ByDigest is the receipt with a digest, or ErrNone.
func (s Store) ByDigest(digest string) (*Signed, error) {
	if !isDigest(digest) {
		return nil, s.none(fmt.Sprintf("digest %.70q", digest))
	}
	if _, err := os.Stat(filepath.Join(s.Dir, digest)); errors.Is(err, fs.ErrNotExist) {
		return nil, s.none(fmt.Sprintf("digest %.12s", digest))
	}
	return s.open(digest)
}

// Place is the folder that a receipt has in the store.
func (s Store) Place(digest string) string { return filepath.Join(s.Dir, digest) }

// Copy puts a receipt, with every bundle that it names, into a folder, whole or
// not at all, and in the place of all that was there. Of a receipt whose bundles
// are damaged nothing is copied: ErrBundle.
func Copy(from *Signed, to string) error {
	copied := files{receiptFile: from.text, tokenFile: from.token, keysFile: from.key}
	for _, w := range from.Workers {
		code, err := from.Bundle(w.Bundle)
		if err != nil {
			return fmt.Errorf("nothing was copied: %w", err)
		}
		copied[bundleFile(w.Bundle)] = code
	}
	return copied.replace(to)
}
