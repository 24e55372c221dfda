package secrets

import (
	"context"
	"strings"

	"crane/stacks"
)

// VariablePrefix begins the names of the variables that hold secrets for a stack
// whose source is the environment. Without it a variable is no secret, so that
// none gets into a Worker because it happens to be set.
const VariablePrefix = "CRANE_SECRET_"

// environment is a Source on the process's own environment. It knows no scopes:
// whoever sets the variables chooses.
type environment struct{ Outside }

func (e environment) Fetch(context.Context, stacks.Scope, []stacks.Secret) (map[string]string, error) {
	values := map[string]string{}
	for _, pair := range e.Environ {
		name, value, _ := strings.Cut(pair, "=")
		if name, ok := strings.CutPrefix(name, VariablePrefix); ok {
			values[name] = value
			e.Redactor.Add(value)
		}
	}
	return values, nil
}

func (environment) Place(stacks.Scope) string {
	return "the environment of the process, as " + VariablePrefix + "<name>"
}

func (environment) AddHint(_ stacks.Scope, name string) string {
	return "set " + VariablePrefix + name + ", from a file or a password manager"
}
