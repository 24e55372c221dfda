package stacks

import (
	"maps"
	"slices"
	"time"
)

// FingerprintKey is the name of the secret that keys the fingerprints of all
// others. It is of class External: both stacks hold the same value, so that
// what one stack published can be compared on the other.
const FingerprintKey = "CRANE_FINGERPRINT_KEY"

// SecretsAudience is the audience of the token with which a job of the workflow
// logs in to Infisical. It is Infisical's own, so that such a token opens
// nothing else; the identity there has to be bound to it.
const SecretsAudience = "crane:infisical"

// Canary is the text of the secret that production's state always has. It is no
// secret itself: what counts is that reading it takes the passphrase.
const Canary = "this state opens with its own passphrase only"

// TokenLife is the longest that a token of Infisical may live, however often it
// is renewed. Infisical's own default is 30 days.
const TokenLife = 15 * time.Minute

// Secret is one secret of the fleet, however many Workers bind it.
type Secret struct {
	// Name is the secret's name, which is the binding's too.
	Name string
	// Class is the same on every Worker and stack: Validate sees to it.
	Class Class
	// Workers bind it, in the order of the fleet. The fingerprint key, which
	// crane itself uses, has none.
	Workers []string
}

// Secrets are what a stack wants from its scope, sorted by name. The
// fingerprint key is always among them.
func (f Fleet) Secrets(s Stack) []Secret {
	all := map[string]Secret{FingerprintKey: {Name: FingerprintKey, Class: External}}
	for _, w := range f.Workers {
		for name, class := range w.on(s).Secrets {
			all[name] = Secret{Name: name, Class: class, Workers: append(all[name].Workers, w.Name)}
		}
	}
	var out []Secret
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out = append(out, all[name])
	}
	return out
}

// classes refuses a secret that is of one class here and of the other there:
// whether the stacks may share its value could not be said.
func (c *checker) classes() {
	first := map[string]binding{}
	for _, s := range All() {
		for i := range c.fleet.Workers {
			v := c.view(i, s)
			for _, b := range entries(v, "Secrets", v.Secrets, v.over.Secrets) {
				if f, ok := first[b.name]; ok && f.value != b.value {
					c.add(b.where, "it is %s here and %s in %s; a secret has one class on every worker and stack", b.value, f.value, f.where)
				} else if !ok {
					first[b.name] = b
				}
			}
		}
	}
}
