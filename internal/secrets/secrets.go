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

// Pick chooses the wanted secrets among those fetched from a scope. An empty
// value counts as missing, and all that are missing are listed in one
// ErrMissing. One that is shorter than redact.Least is an ErrShort, because it
// could not be kept out of what is printed.
func Pick(values map[string]string, want []stacks.Secret, scope stacks.Scope, source Source) (map[string]string, error) {
	picked := make(map[string]string, len(want))
	var missing, short []string
	for _, s := range want {
		switch value := values[s.Name]; {
		case value == "":
			missing = append(missing, s.Name)
		case len(value) < redact.Least:
			short = append(short, s.Name)
		default:
			picked[s.Name] = value
		}
	}
	if len(missing) > 0 {
		return nil, lacking(ErrMissing, missing, scope, source)
	}
	if len(short) > 0 {
		return nil, lacking(ErrShort, short, scope, source)
	}
	return picked, nil
}

func lacking(kind error, names []string, scope stacks.Scope, source Source) error {
	slices.Sort(names)
	err := fmt.Errorf("%w: %s (looked in %s)", kind, strings.Join(names, ", "), source.Place(scope))
	return hint.Wrap(err, source.AddHint(scope, names[0]))
}
