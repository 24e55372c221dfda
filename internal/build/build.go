// Package build makes, of a checkout, what its fleet would run: a bundle per
// Worker, and the migrations of every database.
package build

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"crane/internal/bundle"
	"crane/internal/migration"
	"crane/internal/release"
	"crane/stacks"
)

// Build is what a fleet would run.
type Build struct {
	fleet stacks.Fleet
	// Bundles are by the Worker's name, Files by the database's.
	Bundles map[string]*bundle.Bundle
	Files   map[string][]migration.File
}

// Of reads and builds everything under the project's root. The fleet is as one
// stack has it.
func Of(root string, fleet stacks.Fleet) (*Build, error) {
	b := &Build{fleet: fleet, Bundles: map[string]*bundle.Bundle{}, Files: map[string][]migration.File{}}
	if err := b.migrations(root); err != nil {
		return nil, err
	}
	return b, b.bundles(root)
}

// Restored takes the bundles of a receipt in place of building them, for a
// rollback: the very bytes that ran before. The migrations are read.
func Restored(root string, fleet stacks.Fleet, signed *release.Signed) (*Build, error) {
	b := &Build{fleet: fleet, Bundles: map[string]*bundle.Bundle{}, Files: map[string][]migration.File{}}
	for _, w := range fleet.Workers {
		digest := signed.Receipt.Workers[w.Name].Bundle
		code, err := signed.Bundle(digest)
		if err != nil {
			return nil, fmt.Errorf("worker %s: %w", w.Name, err)
		}
		b.Bundles[w.Name] = &bundle.Bundle{Code: code, Digest: digest, Size: len(code)}
	}
	return b, b.migrations(root)
}

func (b *Build) migrations(root string) error {
	for _, db := range b.fleet.Databases {
		files, err := migration.Read(os.DirFS(filepath.Join(root, db.Migrations)))
		if err != nil {
			return fmt.Errorf("%s: %w", db.Migrations, err)
		}
		b.Files[db.Name] = files
	}
	return nil
}

// bundles builds all Workers side by side and reports every failure, in the
// order of the fleet.
func (b *Build) bundles(root string) error {
	built := make([]*bundle.Bundle, len(b.fleet.Workers))
	failed := make([]error, len(b.fleet.Workers))
	var group sync.WaitGroup
	for i, w := range b.fleet.Workers {
		group.Go(func() {
			built[i], failed[i] = bundle.Build(root, w.Entry, bundle.Options{CompatibilityFlags: w.CompatibilityFlags})
		})
	}
	group.Wait()
	for i, w := range b.fleet.Workers {
		b.Bundles[w.Name] = built[i]
	}
	return errors.Join(failed...)
}

// Candidate is what the build would have production run.
func (b *Build) Candidate(commit string) release.Candidate {
	c := release.Candidate{Commit: commit, Workers: map[string]release.Worker{}, Databases: map[string][]release.Migration{}}
	for _, w := range b.fleet.Workers {
		c.Workers[w.Name] = release.Worker{
			Bundle:             b.Bundles[w.Name].Digest,
			CompatibilityDate:  w.CompatibilityDate,
			CompatibilityFlags: w.CompatibilityFlags,
		}
	}
	for name, files := range b.Files {
		c.Databases[name] = []release.Migration{}
		for _, f := range files {
			c.Databases[name] = append(c.Databases[name], release.Migration{Name: f.Name, SHA256: f.SHA256})
		}
	}
	return c
}

// Code is every bundle by its digest.
func (b *Build) Code() map[string][]byte {
	code := map[string][]byte{}
	for _, made := range b.Bundles {
		code[made.Digest] = made.Code
	}
	return code
}
