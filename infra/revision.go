package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"crane/internal/secrets"
	"crane/stacks"
)

// revision is everything that makes a Worker behave as it does, by names and
// digests only. Its own digest is what /health shows and smoke waits for, so
// that a changed variable is verified as a changed line of code is. The commit
// is not in it: a commit that changes nothing redeploys nothing.
type revision struct {
	Bundle             string            `json:"bundle"`
	CompatibilityDate  string            `json:"compatibilityDate"`
	CompatibilityFlags []string          `json:"compatibilityFlags"`
	Vars               map[string]string `json:"vars"`
	Databases          map[string]string `json:"databases"`
	Services           map[string]string `json:"services"`
	Secrets            map[string]string `json:"secrets"`
}

// revision is the digest of a Worker's revision, 64 hexadecimal digits.
func (p *plan) revision(w stacks.Worker) (string, error) {
	r := revision{
		Bundle:             p.Bundles[w.Name].Digest,
		CompatibilityDate:  w.CompatibilityDate,
		CompatibilityFlags: w.CompatibilityFlags,
		Vars:               w.Vars,
		Databases:          map[string]string{},
		Services:           map[string]string{},
		Secrets:            map[string]string{},
	}
	for binding, db := range w.Databases {
		r.Databases[binding] = p.stack.Database(db)
	}
	for binding, service := range w.Services {
		r.Services[binding] = p.stack.Script(service)
	}
	for name := range w.Secrets {
		r.Secrets[name] = secrets.Fingerprint(p.secrets[stacks.FingerprintKey], name, p.secrets[name])
	}
	text, err := json.Marshal(r) // maps are marshalled in the order of their keys
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
