package release

import (
	"bytes"
	"crane/internal/gate"
	"crane/internal/hint"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxFile bounds what is read of a receipt, in bytes: a hundred databases with a
// thousand migrations each take about sixteen million.
const maxFile = 64 << 20

// Signed is a receipt that was read from its folder. Its parts belong together;
// whether to believe it is for Verify to say.
type Signed struct {
	Receipt
	// Dir is its folder.
	Dir string

	text, token, key []byte
}

// Open reads a receipt. Errors are ErrNone, ErrMalformed, and ErrSigner where the
// key in the folder is not the one that signed. Bundles are read when asked for.
func Open(dir string) (*Signed, error) {
	s := &Signed{Dir: dir}
	var err error
	if s.text, err = read(dir, receiptFile); errors.Is(err, fs.ErrNotExist) {
		return nil, hint.Wrap(fmt.Errorf("%w in %s", ErrNone, dir), another)
	}
	if err != nil {
		return nil, malformed("%s: %w", dir, err)
	}
	if s.Receipt, err = Decode(s.text); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if err := s.signature(); err != nil {
		return nil, err
	}
	return s, nil
}

// signature reads the token and its key, and whether they belong together. It is no
// proof of who signed: whoever writes into a folder can bring a key of his own.
func (s *Signed) signature() (err error) {
	if s.token, err = read(s.Dir, tokenFile); err != nil {
		return malformed("%s: %w", s.Dir, err)
	}
	if s.key, err = read(s.Dir, keysFile); err != nil {
		return malformed("%s: %w", s.Dir, err)
	}
	key, err := gate.KeyOf(s.key, string(s.token))
	if errors.Is(err, gate.ErrKeys) {
		return malformed("%s: %s: %w", s.Dir, keysFile, err)
	}
	if err != nil {
		return hint.Wrap(fmt.Errorf("%s: the receipt is %w", s.Dir, err), another)
	}
	if !bytes.Equal(key, s.key) {
		return malformed("%s: %s is not as it was written", s.Dir, keysFile)
	}
	return nil
}

// read reads one file of a folder; its errors name it, not where it is.
func read(dir, name string) ([]byte, error) {
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, named(name, err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, named(name, err)
	}
	if len(content) > maxFile {
		return nil, fmt.Errorf("%s has more than %d bytes", name, maxFile)
	}
	return content, nil
}

func named(name string, err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// Digest is the SHA-256 of receipt.json as it is, 64 hexadecimal digits.
func (s *Signed) Digest() string { return digestOf(s.text) }

// Bundle is the code of a Worker by its digest, or ErrBundle.
func (s *Signed) Bundle(digest string) ([]byte, error) {
	if !s.names(digest) {
		return nil, hint.Wrap(fmt.Errorf("%w: the receipt of %.12s names none that is %.12q", ErrBundle, s.Commit, digest), another)
	}
	code, err := read(s.Dir, bundleFile(digest))
	if err != nil {
		return nil, hint.Wrap(fmt.Errorf("%w: %s: %w", ErrBundle, s.Dir, err), another)
	}
	if found := digestOf(code); found != digest {
		return nil, hint.Wrap(fmt.Errorf("%w: %s: %s is %.12s", ErrBundle, s.Dir, bundleFile(digest), found), another)
	}
	return code, nil
}

func (s *Signed) names(digest string) bool {
	for _, w := range s.Workers {
		if w.Bundle == digest {
			return true
		}
	}
	return false
}
