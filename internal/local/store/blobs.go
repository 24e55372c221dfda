package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
)

// blobs are contents by their sha256.
type blobs struct{ dir string }

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func (b *blobs) put(content []byte) (string, error) {
	name := digest(content)
	if _, err := b.get(name); err == nil {
		return name, nil
	}
	return name, replace(filepath.Join(b.dir, name), content)
}

func (b *blobs) get(name string) ([]byte, error) {
	path := filepath.Join(b.dir, filepath.Base(name))
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if digest(content) != name {
		return nil, fmt.Errorf("%w: %s has another sha256", ErrDamaged, path)
	}
	return content, nil
}

// keepOnly removes the contents that are not wanted.
func (b *blobs) keepOnly(wanted map[string]bool) error {
	names, err := sweep(b.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if wanted[name] {
			continue
		}
		if err := os.Remove(filepath.Join(b.dir, name)); err != nil {
			return err
		}
	}
	return nil
}
