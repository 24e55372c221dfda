package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Records are the records of one kind, each in its own file. Values are copied
// in and out: what a caller holds is its own.
type Records[T any] struct {
	dir string
	mu  sync.RWMutex
	raw map[string][]byte
}

var usableKey = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]{0,127}$`)

const extension = ".json"

func openRecords[T any](dir string) (*Records[T], error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	names, err := sweep(dir)
	if err != nil {
		return nil, err
	}
	r := &Records[T]{dir: dir, raw: map[string][]byte{}}
	for _, name := range names {
		if err := r.load(name); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Records[T]) load(name string) error {
	key, isRecord := strings.CutSuffix(name, extension)
	if !isRecord {
		return nil
	}
	raw, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		return err
	}
	var value T
	if err := json.Unmarshal(raw, &value); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrDamaged, filepath.Join(r.dir, name), err)
	}
	r.raw[key] = raw
	return nil
}

// Get returns a record and whether there is one.
func (r *Records[T]) Get(key string) (T, bool) {
	r.mu.RLock()
	raw, found := r.raw[key]
	r.mu.RUnlock()
	return decode[T](raw), found
}

// List returns all records in the order of their keys.
func (r *Records[T]) List() []T {
	r.mu.RLock()
	defer r.mu.RUnlock()
	all := make([]T, 0, len(r.raw))
	for _, key := range slices.Sorted(maps.Keys(r.raw)) {
		all = append(all, decode[T](r.raw[key]))
	}
	return all
}

// Put makes or replaces a record. When it returns nil, the record survives a
// crash; otherwise the one before is still there. ErrKey is a key with other
// characters than letters, digits, _ and -, or with more than 128 of them.
func (r *Records[T]) Put(key string, value T) error {
	if !usableKey.MatchString(key) {
		return fmt.Errorf("%w: %q", ErrKey, key)
	}
	raw, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := replace(r.path(key), raw); err != nil {
		return err
	}
	r.raw[key] = raw
	return nil
}

// Delete removes a record; removing one that is not there is no error.
func (r *Records[T]) Delete(key string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, found := r.raw[key]; !found {
		return nil
	}
	if err := remove(r.path(key)); err != nil {
		return err
	}
	delete(r.raw, key)
	return nil
}

func (r *Records[T]) path(key string) string { return filepath.Join(r.dir, key+extension) }

// decode reads a record that was written by Put or checked by load.
func decode[T any](raw []byte) T {
	var value T
	_ = json.Unmarshal(raw, &value)
	return value
}
