package store_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/local/store"
)

const accountID = "0c4a5e00000000000000000000000051"

func open(t *testing.T, dir string) (*store.Store, *store.Account) {
	t.Helper()
	s, err := store.Open(dir)
	require.NoError(t, err)
	a, err := s.Account(accountID)
	require.NoError(t, err)
	return s, a
}

// script is a record that names one content.
func script(t *testing.T, s *store.Store, name, code string) store.Script {
	t.Helper()
	sum, err := s.PutBlob([]byte(code))
	require.NoError(t, err)
	return store.Script{
		Name: name, CreatedOn: time.Date(2026, 11, 23, 1, 2, 3, 456000, time.UTC),
		Versions:    []store.Version{{ID: "v1", Modules: []store.Module{{Name: "a", Type: "esm", SHA256: sum}}, Bindings: []store.Binding{{Name: "S", Type: "secret_text", Text: "hush"}}}},
		Deployments: []store.Deployment{{ID: "d1", VersionID: "v1"}},
	}
}

func TestReopen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, a := open(t, dir)
	kept := script(t, s, "kept", "code")
	require.NoError(t, a.Scripts.Put("kept", kept))
	require.NoError(t, a.Scripts.Put("gone", script(t, s, "gone", "other")))
	require.NoError(t, a.Scripts.Delete("gone"))
	require.NoError(t, a.Scripts.Delete("never was"))
	require.NoError(t, a.Databases.Put("u-1", store.Database{UUID: "u-1", Name: "notes"}))

	s, a = open(t, dir)
	require.Equal(t, []store.Script{kept}, a.Scripts.List())
	found, ok := a.Databases.Get("u-1")
	require.True(t, ok)
	require.Equal(t, "notes", found.Name)
	_, ok = a.Scripts.Get("gone")
	require.False(t, ok)
	active, ok := kept.Active()
	require.True(t, ok)
	content, err := s.Blob(active.Modules[0].SHA256)
	require.NoError(t, err)
	require.Equal(t, "code", string(content))
	blobs, err := os.ReadDir(filepath.Join(dir, "blobs"))
	require.NoError(t, err)
	require.Len(t, blobs, 1, "what no record names is removed")
}

func TestOnlyTheOwnerReads(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, a := open(t, dir)
	require.NoError(t, a.Scripts.Put("x", script(t, s, "x", "code")))
	require.NoError(t, filepath.WalkDir(filepath.Join(dir, "accounts"), func(path string, e fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := e.Info()
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, path)
		return nil
	}))
}

// TestCrash lays out what a kill at each step of a write leaves behind.
func TestCrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, a := open(t, dir)
	before := script(t, s, "x", "old")
	require.NoError(t, a.Scripts.Put("x", before))
	record := filepath.Join(dir, "accounts", accountID, "scripts", "x.json")
	whole, err := os.ReadFile(record)
	require.NoError(t, err)
	for i, half := range []string{"", string(whole[:len(whole)/2]), strings.Replace(string(whole), "v1", "v2", 1)} {
		for _, path := range []string{filepath.Dir(record), filepath.Join(dir, "blobs")} {
			require.NoError(t, os.WriteFile(filepath.Join(path, fmt.Sprintf(".partial-%d", i)), []byte(half), 0o600))
		}
	}
	s, a = open(t, dir)
	require.Equal(t, []store.Script{before}, a.Scripts.List())
	_, err = s.Blob(before.Versions[0].Modules[0].SHA256)
	require.NoError(t, err)
	left, err := filepath.Glob(filepath.Join(dir, "*", ".partial-*"))
	require.NoError(t, err)
	require.Empty(t, left)
	left, err = filepath.Glob(filepath.Join(filepath.Dir(record), ".partial-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, a := open(t, dir)
	x := script(t, s, "x", "code")
	require.NoError(t, a.Scripts.Put("x", x))
	sum := x.Versions[0].Modules[0].SHA256
	require.NoError(t, os.WriteFile(filepath.Join(dir, "blobs", sum), []byte("cod"), 0o600))
	_, err := s.Blob(sum)
	require.ErrorIs(t, err, store.ErrDamaged)
	again, err := s.PutBlob([]byte("code"))
	require.NoError(t, err)
	require.Equal(t, sum, again)
	_, err = s.Blob(sum)
	require.NoError(t, err, "writing it again mends it")
	_, err = s.Blob(strings.Repeat("0", 64))
	require.ErrorIs(t, err, store.ErrDamaged)

	record := filepath.Join(dir, "accounts", accountID, "scripts", "x.json")
	require.NoError(t, os.WriteFile(record, []byte(`{"name":`), 0o600))
	_, err = store.Open(dir)
	require.ErrorIs(t, err, store.ErrDamaged)
	require.ErrorContains(t, err, record)
}

func TestKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, a := open(t, dir)
	for _, key := range []string{"", ".", "../x", "a/b", ".partial-1", "-a", "ä", strings.Repeat("a", 129)} {
		require.ErrorIs(t, a.Databases.Put(key, store.Database{}), store.ErrKey, key)
	}
	require.Empty(t, a.Databases.List())
}

func TestValuesAreCopies(t *testing.T) {
	t.Parallel()
	s, a := open(t, t.TempDir())
	mine := script(t, s, "x", "code")
	require.NoError(t, a.Scripts.Put("x", mine))
	mine.Versions[0].ID = "changed"
	got, _ := a.Scripts.Get("x")
	got.Versions[0].Bindings[0].Text = "changed"
	again, _ := a.Scripts.Get("x")
	require.Equal(t, "v1", again.Versions[0].ID)
	require.Equal(t, "hush", again.Versions[0].Bindings[0].Text)
}

// TestConcurrentUse is for the race detector, and shows that a reader sees
// whole records only.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, a := open(t, dir)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for n := range 10 {
				name := fmt.Sprintf("s%d", (i+n)%3)
				code := fmt.Sprintf("%d-%d", i, n)
				sum, err := s.PutBlob([]byte(code))
				if err == nil {
					err = a.Scripts.Put(name, store.Script{Name: name, Tag: code, Versions: []store.Version{{Modules: []store.Module{{SHA256: sum}}}}})
				}
				if err != nil {
					t.Error(err)
				}
				for _, found := range a.Scripts.List() {
					if content, err := s.Blob(found.Versions[0].Modules[0].SHA256); err != nil || string(content) != found.Tag {
						t.Error(found.Name, err)
					}
				}
			}
		})
	}
	group.Wait()
	want := a.Scripts.List()
	_, a = open(t, dir)
	require.Equal(t, want, a.Scripts.List())
}
