// Package store keeps what the local Cloudflare knows across restarts: each
// account's databases and scripts, one JSON file a record, and the modules of
// the scripts, one file a content.
//
//	<dir>/blobs/<sha256>
//	<dir>/accounts/<account>/databases/<uuid>.json
//	<dir>/accounts/<account>/scripts/<name>.json
//
// Every file is written beside its place, flushed and renamed over it, so a
// crash at any moment leaves the old content or the new one. Records hold
// secrets: files are readable by their owner only.
package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Store is an open state folder. It is safe for concurrent use, by one process
// at a time.
type Store struct {
	dir      string
	blobs    *blobs
	mu       sync.Mutex
	accounts map[string]*Account
}

// Account is one account's records.
type Account struct {
	// Databases are by UUID, Scripts by name.
	Databases *Records[Database]
	Scripts   *Records[Script]
}

// Open reads the state under dir, which is made when it is not there. What a
// crash left half-written is removed, and so are contents that no record
// names.
func Open(dir string) (*Store, error) {
	s := &Store{dir: dir, blobs: &blobs{dir: filepath.Join(dir, "blobs")}, accounts: map[string]*Account{}}
	if err := os.MkdirAll(s.blobs.dir, 0o700); err != nil {
		return nil, err
	}
	names, err := folders(filepath.Join(dir, "accounts"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := s.Account(name); err != nil {
			return nil, err
		}
	}
	return s, s.blobs.keepOnly(s.named())
}

// Account opens the records of an account, of which there are none at first.
func (s *Store) Account(id string) (*Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, known := s.accounts[id]; known {
		return a, nil
	}
	dir := filepath.Join(s.dir, "accounts", id)
	databases, err := openRecords[Database](filepath.Join(dir, "databases"))
	if err != nil {
		return nil, err
	}
	scripts, err := openRecords[Script](filepath.Join(dir, "scripts"))
	if err != nil {
		return nil, err
	}
	s.accounts[id] = &Account{Databases: databases, Scripts: scripts}
	return s.accounts[id], nil
}

// PutBlob keeps a content and returns its lower-case sha256. Write contents
// first and the record that names them after.
func (s *Store) PutBlob(content []byte) (string, error) { return s.blobs.put(content) }

// Blob returns a content by its sha256, or ErrDamaged when the file is
// not what its name says.
func (s *Store) Blob(sha256 string) ([]byte, error) { return s.blobs.get(sha256) }

// named is the set of all contents that a record names.
func (s *Store) named() map[string]bool {
	all := map[string]bool{}
	for _, a := range s.accounts {
		for _, script := range a.Scripts.List() {
			for _, version := range script.Versions {
				for _, module := range version.Modules {
					all[module.SHA256] = true
				}
			}
		}
	}
	return all
}

// folders lists the folders in dir; no dir is no folders.
func folders(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, err
}
