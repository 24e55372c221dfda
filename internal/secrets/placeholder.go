package secrets

import (
	"context"
	"fmt"

	"crane/internal/hint"
	"crane/stacks"
)

// placeholder is a Source for previews by those who may read no secret. Each
// value follows from its name alone, so that two previews agree.
type placeholder struct{}

func newPlaceholder(preview bool) (Source, error) {
	if !preview {
		return nil, hint.Wrap(fmt.Errorf("%w: crane:secrets is %s; nothing was changed", ErrPreview, FromPlaceholder),
			"set crane:secrets of the stack to "+FromInfisical)
	}
	return placeholder{}, nil
}

// Placeholder is what stands for a secret in a preview.
func Placeholder(name string) string { return "placeholder for " + name }

func (placeholder) Fetch(_ context.Context, _ stacks.Scope, want []stacks.Secret) (map[string]string, error) {
	values := map[string]string{}
	for _, s := range want {
		values[s.Name] = Placeholder(s.Name)
	}
	return values, nil
}

func (placeholder) Place(stacks.Scope) string { return "placeholders" }

func (placeholder) AddHint(stacks.Scope, string) string {
	return "set crane:secrets of the stack to " + FromInfisical
}
