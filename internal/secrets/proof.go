package secrets

import (
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"crane/internal/hint"
	"crane/stacks"
)

// Proof is what staging publishes, so that production can tell that it holds
// none of staging's infra secrets although it can read none of them. Only
// staging publishes one: both stacks know the key, so that whoever may read
// staging could test guesses against a proof of production.
type Proof struct {
	// Key is the digest of the fingerprint key itself: with another key all
	// marks would differ, and everything would look fine.
	Key string `json:"key"`
	// Marks are keyed digests of staging's secrets, by name: those of class infra
	// are not to be on production at all, those of class external not as one that
	// is production's own.
	Marks map[string]string `json:"marks"`
}

// Prove makes staging's proof. The values are as Pick gives them.
func Prove(fleet stacks.Fleet, values map[string]string) Proof {
	key := values[stacks.FingerprintKey]
	p := Proof{Key: keyMark(key), Marks: map[string]string{}}
	for _, s := range fleet.Secrets(stacks.Staging) {
		if s.Name != stacks.FingerprintKey && values[s.Name] != "" {
			p.Marks[s.Name] = mark(key, values[s.Name])
		}
	}
	return p
}

var digestForm = regexp.MustCompile("^[0-9a-f]{64}$")

// ReadProof reads a proof and refuses, with ErrUnproved, what is none.
func ReadProof(from io.Reader) (Proof, error) {
	var p Proof
	d := json.NewDecoder(from)
	d.DisallowUnknownFields()
	err := d.Decode(&p)
	sound := err == nil && digestForm.MatchString(p.Key)
	for _, mark := range p.Marks {
		sound = sound && digestForm.MatchString(mark)
	}
	if !sound {
		return Proof{}, hint.Wrap(fmt.Errorf("%w: it is no proof at all", ErrUnproved), "crane secrets proof > proof.json")
	}
	return p, nil
}

// Isolated checks that production holds no value that only one of the stacks may
// hold, under its own name or another one. ErrShared names those it does;
// ErrUnproved and ErrKeys mean that it cannot be said. What is published of
// production is nothing.
func (p Proof) Isolated(fleet stacks.Fleet, values map[string]string) error {
	if err := p.complete(fleet); err != nil {
		return err
	}
	if !p.comparable(values) {
		return hint.Wrap(fmt.Errorf("%w: %s has another %s than the stack that published, so nothing can be compared",
			ErrKeys, stacks.Production.Secrets, stacks.FingerprintKey), "copy "+stacks.FingerprintKey+" from one environment to the other")
	}
	var same []string
	for _, s := range fleet.Secrets(stacks.Production) {
		same = append(same, p.twins(fleet, s, values)...)
	}
	if len(same) == 0 {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: %s has the value of the other stack in %s", ErrShared, stacks.Production.Secrets, strings.Join(same, ", ")),
		"give each environment its own value, or declare the secret External in stacks/fleet.go if somebody else owns it")
}

// complete refuses a proof that says nothing of a secret which staging has.
func (p Proof) complete(fleet stacks.Fleet) error {
	var lacking []string
	for _, s := range fleet.Secrets(stacks.Staging) {
		if s.Name != stacks.FingerprintKey && p.Marks[s.Name] == "" {
			lacking = append(lacking, s.Name)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: %s, so nothing can be said of them", ErrUnproved, strings.Join(lacking, ", ")), "crane secrets check")
}

// comparable says whether values are marked with the key of the proof.
func (p Proof) comparable(values map[string]string) bool {
	key := values[stacks.FingerprintKey]
	return len(key) >= LeastKey && hmac.Equal([]byte(p.Key), []byte(keyMark(key)))
}

// Same says whether a secret has the value of its namesake in the proof; ok is
// false where that cannot be said.
func (p Proof) Same(name string, values map[string]string) (same, ok bool) {
	if name == stacks.FingerprintKey {
		return p.comparable(values), values[name] != ""
	}
	if !p.comparable(values) || values[name] == "" || p.Marks[name] == "" {
		return false, false
	}
	return hmac.Equal([]byte(p.Marks[name]), []byte(mark(values[stacks.FingerprintKey], values[name]))), true
}

// twins are the secrets of staging whose value one of production has, as messages
// name them, when either of the two is of class infra.
func (p Proof) twins(fleet stacks.Fleet, s stacks.Secret, values map[string]string) []string {
	value, key := values[s.Name], values[stacks.FingerprintKey]
	if value == "" || s.Name == stacks.FingerprintKey {
		return nil
	}
	var found []string
	if s.Class == stacks.Infra && value == key {
		found = append(found, called(s.Name, stacks.FingerprintKey))
	}
	infra := infraOf(fleet)
	for _, there := range slices.Sorted(maps.Keys(p.Marks)) {
		equal := hmac.Equal([]byte(p.Marks[there]), []byte(mark(key, value)))
		if equal && (s.Class == stacks.Infra || infra[there]) {
			found = append(found, called(s.Name, there))
		}
	}
	return found
}

func called(name, there string) string {
	if name == there {
		return name
	}
	return name + " (called " + there + " there)"
}

// infraOf are the names of staging's infra secrets.
func infraOf(fleet stacks.Fleet) map[string]bool {
	names := map[string]bool{}
	for _, s := range fleet.Secrets(stacks.Staging) {
		names[s.Name] = s.Class == stacks.Infra
	}
	return names
}
