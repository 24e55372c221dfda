package secrets

import (
	"crypto/hmac"
	"fmt"
	"maps"
	"slices"
	"strings"

	"crane/internal/hint"
	"crane/stacks"
)

// Proof is what one stack publishes, so that another one can tell that it holds
// none of the same infra secrets although it can read none of them. Only
// staging publishes one: both stacks know the key, so that whoever may read
// staging could test guesses against a proof of production.
type Proof struct {
	// Key is the digest of the fingerprint key itself: with another key all
	// marks would differ, and everything would look fine.
	Key string `json:"key"`
	// Marks are keyed digests of the infra secrets, by name.
	Marks map[string]string `json:"marks"`
}

// Prove makes the proof of a stack, of the infra secrets that it has. Without a
// fingerprint key it is ErrKeys: anybody could test guesses against the marks.
func Prove(fleet []stacks.Secret, values map[string]string) (Proof, error) {
	key := values[stacks.FingerprintKey]
	if key == "" {
		return Proof{}, hint.Wrap(fmt.Errorf("%w: there is no %s, so nothing can be proved", ErrKeys, stacks.FingerprintKey),
			"give both environments the same "+stacks.FingerprintKey)
	}
	return Proof{Key: Fingerprint(key, stacks.FingerprintKey, key), Marks: marks(fleet, values)}, nil
}

// marks are those of the infra secrets that have a value.
func marks(fleet []stacks.Secret, values map[string]string) map[string]string {
	out := map[string]string{}
	for _, s := range fleet {
		if s.Class == stacks.Infra && values[s.Name] != "" {
			out[s.Name] = mark(values[stacks.FingerprintKey], values[s.Name])
		}
	}
	return out
}

// Isolated checks that another stack holds no infra secret that the proof knows,
// under its own name or another one: ErrShared names those it does, ErrKeys
// means that it cannot be said. Neither publishes anything of the other stack.
func (p Proof) Isolated(fleet []stacks.Secret, values map[string]string, scope stacks.Scope) error {
	if !p.comparable(values) {
		return hint.Wrap(fmt.Errorf("%w: %s has another %s than the stack that published, so nothing can be compared",
			ErrKeys, scope, stacks.FingerprintKey), "give both environments the same "+stacks.FingerprintKey)
	}
	var same []string
	theirs := marks(fleet, values)
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		same = append(same, p.twins(name, theirs[name])...)
	}
	if len(same) == 0 {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: %s has the value of the other stack in %s", ErrShared, scope, strings.Join(same, ", ")),
		"give each environment its own value, or declare the secret External in stacks/fleet.go if somebody else owns it")
}

// comparable says whether values are marked with the key of the proof.
func (p Proof) comparable(values map[string]string) bool {
	key := values[stacks.FingerprintKey]
	return key != "" && hmac.Equal([]byte(p.Key), []byte(Fingerprint(key, stacks.FingerprintKey, key)))
}

// Same says whether a secret has the value of its namesake in the proof; ok is
// false where that cannot be said.
func (p Proof) Same(name string, values map[string]string) (same, ok bool) {
	if !p.comparable(values) || values[name] == "" || p.Marks[name] == "" {
		return false, false
	}
	return hmac.Equal([]byte(p.Marks[name]), []byte(mark(values[stacks.FingerprintKey], values[name]))), true
}

// twins are the secrets of the proof that have a mark, as messages name them.
func (p Proof) twins(name, mark string) []string {
	var found []string
	for _, there := range slices.Sorted(maps.Keys(p.Marks)) {
		switch {
		case !hmac.Equal([]byte(p.Marks[there]), []byte(mark)):
		case there == name:
			found = append(found, name)
		default:
			found = append(found, name+" (called "+there+" there)")
		}
	}
	return found
}
