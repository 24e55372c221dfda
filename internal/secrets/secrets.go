// Package secrets fetches the values that the Workers' secret bindings need,
// and proves that two stacks do not share what they must not share. Errors name
// secrets and the places where they were looked for, never values.
package secrets

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"crane/internal/hint"
	"crane/internal/redact"
	"crane/stacks"
)

// Source is where values come from.
type Source interface {
	// Fetch gives every secret that one scope holds by its name, in one call,
	// those that are wanted or not. It returns early with the context's error
	// when the context ends.
	Fetch(ctx context.Context, scope stacks.Scope, want []stacks.Secret) (map[string]string, error)
	// Place is where the source looks for a scope, as messages have it; it holds
	// nothing secret.
	Place(scope stacks.Scope) string
	// AddHint is the command that adds a secret there.
	AddHint(scope stacks.Scope, name string) string
}

// LeastKey is the shortest fingerprint key, in bytes. Digests that it keys are
// published, and a key that can be guessed opens them all.
const LeastKey = 24

// Pick chooses the wanted secrets among those fetched from a scope. An empty
// value counts as missing, and all that are missing are listed in one
// ErrMissing. One that is shorter than redact.Least is an ErrShort, because it
// could not be kept out of what is printed, and so is a fingerprint key that is
// shorter than LeastKey; one that Cloudflare would not take is an ErrLong.
func Pick(values map[string]string, want []stacks.Secret, scope stacks.Scope, source Source) (map[string]string, error) {
	picked := make(map[string]string, len(want))
	unfit := map[error][]string{}
	for _, s := range want {
		if err := fit(s.Name, values[s.Name]); err != nil {
			unfit[err] = append(unfit[err], s.Name)
			continue
		}
		picked[s.Name] = values[s.Name]
	}
	for _, kind := range []error{ErrMissing, ErrShort, ErrLong} {
		if names := unfit[kind]; len(names) > 0 {
			slices.Sort(names)
			err := fmt.Errorf("%w: %s (looked in %s)", kind, strings.Join(names, ", "), source.Place(scope))
			return nil, hint.Wrap(err, source.AddHint(scope, names[0]))
		}
	}
	return picked, nil
}

// State is what is to be said of one secret's value: present, missing, short or
// long.
func State(name, value string) string {
	switch fit(name, value) {
	case ErrMissing:
		return "missing"
	case ErrShort:
		return "short"
	case ErrLong:
		return "long"
	}
	return "present"
}

func fit(name, value string) error {
	least := redact.Least
	if name == stacks.FingerprintKey {
		least = LeastKey
	}
	switch {
	case value == "":
		return ErrMissing
	case len(value) < least:
		return ErrShort
	case len(value) > stacks.MaxVarBytes:
		return ErrLong
	}
	return nil
}
