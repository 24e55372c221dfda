// Package release has the receipt of staging: what exactly was verified there, so
// that production can be held to it, signed by the job that verified it. A receipt
// is a folder with receipt.json, receipt.jwt, which is the job's identity token for
// the digest of receipt.json, keys.json, which is the key of that token's
// signature, and bundles/<digest>.js.
package release

import (
	"time"

	"crane/internal/secrets"
)

// Receipt is what staging verified.
type Receipt struct {
	// Commit is what was deployed, 40 hexadecimal digits, RunID the run of the
	// workflow that did it.
	Commit string `json:"commit"`
	RunID  string `json:"runId"`
	// Verified is when all of it was verified.
	Verified time.Time `json:"verified"`
	// Workers and Databases are named as in the fleet.
	Workers   map[string]Worker   `json:"workers"`
	Databases map[string]Database `json:"databases"`
	// Secrets lets production show that it has none of staging's infra secrets.
	Secrets secrets.Proof `json:"secrets"`
}

// Worker is one Worker as it answered.
type Worker struct {
	// Bundle is the SHA-256 of its code, 64 hexadecimal digits.
	Bundle string `json:"bundle"`
	// CompatibilityDate is a day, such as 2026-11-01.
	CompatibilityDate  string   `json:"compatibilityDate"`
	CompatibilityFlags []string `json:"compatibilityFlags"`
	// Revision is staging's, 64 hexadecimal digits. Production has another one.
	Revision string `json:"revision"`
	// VerifiedAt is when it answered healthy with that revision.
	VerifiedAt time.Time `json:"verifiedAt"`
}

// Database is one database as it was migrated.
type Database struct {
	// Head is the name of the last migration, empty where there is none.
	Head string `json:"head"`
	// Migrations are all that were applied, in their order.
	Migrations []Migration `json:"migrations"`
}

// Migration is one file.
type Migration struct {
	Name string `json:"name"`
	// SHA256 is the digest of its normalised text, 64 hexadecimal digits.
	SHA256 string `json:"sha256"`
}
