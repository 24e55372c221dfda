package main

import (
	"crane/internal/revision"
	"crane/internal/secrets"
	"crane/stacks"
)

// revision is the digest of a Worker's revision, 64 hexadecimal digits.
func (p *plan) revision(w stacks.Worker) string {
	r := revision.Revision{
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
	return r.Digest()
}
