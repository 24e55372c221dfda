// Package revision says what a Worker is on one stack, in one digest.
package revision

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// The bindings that every Worker has beside its own variables, and that are
// therefore in no revision.
const (
	// Binding holds the revision itself.
	Binding = "CRANE_REVISION"
	// StackBinding holds the stack's name.
	StackBinding = "CRANE_STACK"
)

// Revision is everything that makes a Worker behave as it does, by names and
// digests only. Its own digest is what /health shows and smoke waits for, so
// that a changed variable is verified as a changed line of code is. The commit
// is not in it: a commit that changes nothing redeploys nothing.
type Revision struct {
	// Bundle is the SHA-256 of the module, 64 hexadecimal digits.
	Bundle string `json:"bundle"`
	// CompatibilityDate and CompatibilityFlags are workerd's.
	CompatibilityDate  string   `json:"compatibilityDate"`
	CompatibilityFlags []string `json:"compatibilityFlags"`
	// Vars are plain texts by binding.
	Vars map[string]string `json:"vars"`
	// Databases and Services are their names on Cloudflare, by binding.
	Databases map[string]string `json:"databases"`
	Services  map[string]string `json:"services"`
	// Secrets are keyed fingerprints of their values, by binding.
	Secrets map[string]string `json:"secrets"`
}

// Digest is 64 hexadecimal digits. What is empty and what is left out are the
// same, so that a revision read back from a state has the digest it had.
func (r Revision) Digest() string {
	if r.CompatibilityFlags == nil {
		r.CompatibilityFlags = []string{}
	}
	for _, m := range []*map[string]string{&r.Vars, &r.Databases, &r.Services, &r.Secrets} {
		if *m == nil {
			*m = map[string]string{}
		}
	}
	text, _ := json.Marshal(r) // texts only, and maps in the order of their keys
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
