package drift

import (
	"fmt"
	"maps"
	"slices"
)

// This file reads the values in Pulumi's document, which may be anything: one
// that is not as expected counts as none.

// named are the bindings in a list by name, each printed; nil for no list.
func named(value any) map[string]string {
	list, ok := value.([]any)
	if !ok && value != nil {
		return nil
	}
	out := map[string]string{}
	for _, item := range list {
		if binding, ok := item.(map[string]any); ok {
			out[fmt.Sprint(binding["name"])] = fmt.Sprint(binding)
		}
	}
	return out
}

// texts are the elements of a list of texts.
func texts(value any) []string {
	var out []string
	list, _ := value.([]any)
	for _, item := range list {
		if text, ok := item.(string); ok {
			out = append(out, text)
		}
	}
	return out
}

// applied are the names in the ledger, as the resource Migrations has them.
func (s state) applied() []string {
	var out []string
	list, _ := s.Outputs["applied"].([]any)
	for _, item := range list {
		if row, ok := item.(map[string]any); ok {
			out = append(out, fmt.Sprint(row["name"]))
		}
	}
	return out
}

func keys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func sorted(names []string) []string {
	out := append([]string{}, names...)
	slices.Sort(out)
	return out
}
