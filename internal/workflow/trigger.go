package workflow

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Trigger is an event that starts a workflow.
type Trigger struct {
	Event string
	// Settings are what narrows or feeds it, as key=value with the whole path of
	// the key, sorted. Descriptions, and the minute of a schedule, are left out.
	Settings []string
	Line     int
}

func (t Trigger) String() string { return strings.Join(append([]string{t.Event}, t.Settings...), " ") }

// Triggers are in the order of the file.
type Triggers []Trigger

// UnmarshalYAML takes the three forms: an event, a list, a mapping.
func (t *Triggers) UnmarshalYAML(n *yaml.Node) error {
	switch n.Kind {
	case yaml.ScalarNode:
		*t = append(*t, Trigger{Event: n.Value, Line: n.Line})
	case yaml.SequenceNode:
		for _, item := range n.Content {
			*t = append(*t, Trigger{Event: item.Value, Line: item.Line})
		}
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			event := n.Content[i]
			*t = append(*t, Trigger{event.Value, settings("", n.Content[i+1]), event.Line})
		}
	}
	return nil
}

func settings(path string, n *yaml.Node) []string {
	var all []string
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Tag != "!!null" {
			all = append(all, path+"="+n.Value)
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			all = append(all, settings(path, item)...)
		}
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			key := n.Content[i].Value
			if key != "description" && key != "cron" {
				all = append(all, settings(strings.TrimPrefix(path+"."+key, "."), n.Content[i+1])...)
			}
		}
	}
	slices.Sort(all)
	return all
}

// Permissions are what the job's token may do. The zero Permissions are not in
// the file, and mean whatever the repository's settings say.
type Permissions struct {
	// All is the short form, for every right at once: read-all or write-all.
	All    string
	Grants Pairs
	// From is the line that they begin on.
	From int
}

// UnmarshalYAML takes both forms.
func (p *Permissions) UnmarshalYAML(n *yaml.Node) error {
	p.From = n.Line
	if n.Kind == yaml.ScalarNode {
		p.All = n.Value
		return nil
	}
	if err := p.Grants.UnmarshalYAML(n); err != nil {
		return fmt.Errorf("permissions: %w", err)
	}
	return nil
}
