// Package deployed says what a stack runs, by the state that Pulumi keeps of it:
// bundles, migrations, and what was verified when. It reads what `pulumi stack
// export` prints, which needs no passphrase: secrets stay as they are encrypted,
// and nothing here is one.
package deployed

import (
	"time"

	"crane/internal/schema"
)

// Stack is what one stack has. Workers and databases are named as in the fleet;
// those that are no longer in it, but still exist, are among them.
type Stack struct {
	Workers   map[string]Worker
	Databases map[string]Database
	// Release is what production was last promoted to, nil on a stack that is
	// not promoted to.
	Release *Release
	// Pending says that an update did not end, so that more may exist.
	Pending bool
}

// Worker is one script that was uploaded.
type Worker struct {
	// Script is its name on Cloudflare.
	Script string
	// Bundle is the SHA-256 of the module that was uploaded, and Revision what its
	// /health shows, 64 hexadecimal digits each. Either is empty in a script
	// that was taken over without it.
	Bundle, Revision string
	// URL is where it answers, empty while its route was never turned on.
	URL string
	// CompatibilityDate is a day, such as 2026-11-01, and CompatibilityFlags are
	// workerd's.
	CompatibilityDate  string
	CompatibilityFlags []string
	// VerifiedAt is when this very revision answered healthy, in UTC. It is zero
	// when it never has.
	VerifiedAt time.Time
}

// Database is one D1 database.
type Database struct {
	// Name is its name on Cloudflare, ID its id.
	Name, ID string
	// Head is the newest migration it has, empty when it has none.
	Head string
	// Bookmark is where it was before the last run that applied a file.
	Bookmark string
	// Applied are its migrations, in the order of its ledger.
	Applied []Applied
	// Schema is what its tables were after the last run, nil before the first.
	Schema schema.Schema
	// Rows says about how many rows each table had, such as 10-99.
	Rows map[string]string
}

// Applied is one migration that a database has.
type Applied struct {
	Name string `json:"name"`
	// SHA256 is of its text, 64 hexadecimal digits. It is empty when wrangler
	// applied it and its file is gone.
	SHA256 string `json:"sha256"`
}

// Release is the record that a promotion left in the state.
type Release struct {
	// Past is what production is at now.
	Past
	// Rollback says that production was at it before.
	Rollback bool `json:"rollback"`
	// History is what production was at before, newest first.
	History []Past `json:"history"`
}

// Past is one receipt that was promoted.
type Past struct {
	// Commit is what the bundles were built from, 40 hexadecimal digits.
	Commit string `json:"commit"`
	// Receipt is the SHA-256 of the receipt, 64 hexadecimal digits.
	Receipt string `json:"receipt"`
	// Verified is when staging was verified.
	Verified time.Time `json:"verified"`
}
