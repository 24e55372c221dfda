// Package migrate compares a database's migrations with what the database says
// it has, and applies what is pending: in order, one request and one transaction
// per file. It keeps wrangler's ledger, so that both tools can be used on one
// database.
package migrate

import (
	"io/fs"

	"crane/internal/migration"
)

// What package migration reads is what is applied here.
type (
	// File is one migration.
	File = migration.File
	// Source is a migration as it was found.
	Source = migration.Source
	// InvalidError has every problem of every file.
	InvalidError = migration.InvalidError
)

// Read reads the migrations of a folder.
func Read(folder fs.FS) ([]File, error) { return migration.Read(folder) }

// Files checks migrations and puts them in order.
func Files(sources []Source) ([]File, error) { return migration.Files(sources) }

func number(name string) (uint64, bool) { return migration.Number(name) }

func byNumberFirst(a, b File) int { return migration.ByNumber(a, b) }
