// Package secrets fetches the values that the Workers' secret bindings need.
// Errors name secrets and the places where they were looked for, never values.
package secrets

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"crane/internal/hint"
	"crane/stacks"
)

// Source is where values come from.
type Source interface {
	// Fetch gives every secret of one scope by its name. It returns early with
	// the context's error when the context ends.
	Fetch(ctx context.Context, scope stacks.Scope) (map[string]string, error)
	// String is the source's form in messages; it holds nothing secret.
	String() string
}

// Pick chooses the wanted secrets among those fetched from a scope. An empty
// value counts as missing, and all that are missing are listed in one ErrMissing.
func Pick(values map[string]string, want []string, scope stacks.Scope, source Source) (map[string]string, error) {
	picked := make(map[string]string, len(want))
	var missing []string
	for _, name := range want {
		if values[name] == "" {
			missing = append(missing, name)
			continue
		}
		picked[name] = values[name]
	}
	if len(missing) > 0 {
		return nil, missingError(missing, scope, source)
	}
	return picked, nil
}

// Fingerprint is a keyed digest of a secret, 64 hexadecimal digits: it changes
// when the value does, and without the key nobody can test a guess against it.
// The name is part of it, so that equal values of two secrets do not show.
func Fingerprint(key, name, value string) string {
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(mac, "%d:%s%s", len(name), name, value)
	return hex.EncodeToString(mac.Sum(nil))
}

func missingError(names []string, scope stacks.Scope, source Source) error {
	slices.Sort(names)
	names = slices.Compact(names)
	err := fmt.Errorf("%w: %s (looked in environment %s, path %s of %s)",
		ErrMissing, strings.Join(names, ", "), scope.Environment, scope.Path, source)
	return hint.Wrap(err, addHint(names, scope, source))
}

// adder is a source that knows the command which adds a secret to it.
type adder interface {
	AddHint(scope stacks.Scope, name string) string
}

func addHint(names []string, scope stacks.Scope, source Source) string {
	if a, ok := source.(adder); ok {
		return a.AddHint(scope, names[0])
	}
	return fmt.Sprintf("add them to %s", source)
}
