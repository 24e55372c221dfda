package workflow

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// Value is a scalar, and where it stands; the zero Value is not in the file.
type Value struct {
	Text string
	// Comment is the one at the end of its line, with its #.
	Comment string
	// Line and Column count from 1.
	Line, Column int
}

type position struct{ line, column int }

func (v Value) position() position { return position{v.Line, v.Column} }

func valueOf(n *yaml.Node) Value {
	return Value{Text: n.Value, Comment: n.LineComment, Line: n.Line, Column: n.Column}
}

// UnmarshalYAML takes a scalar of any type as its text.
func (v *Value) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: one value is expected, not a list or a mapping", n.Line)
	}
	*v = valueOf(n)
	return nil
}

// Pair is a named value.
type Pair struct {
	Name string
	Value
}

// Pairs are a mapping of scalars, in the order of the file.
type Pairs []Pair

// Get is the value of a name; the zero Value when there is none.
func (p Pairs) Get(name string) Value {
	for _, pair := range p {
		if pair.Name == name {
			return pair.Value
		}
	}
	return Value{}
}

// UnmarshalYAML refuses a name that is there twice. GitHub does not tell the case
// of the names of an action's inputs apart.
func (p *Pairs) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a mapping is expected", n.Line)
	}
	seen := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		name, value := n.Content[i], Value{}
		if err := value.UnmarshalYAML(n.Content[i+1]); err != nil {
			return err
		}
		if seen[strings.ToLower(name.Value)] {
			return fmt.Errorf("line %d: %s is there twice", name.Line, name.Value)
		}
		seen[strings.ToLower(name.Value)] = true
		*p = append(*p, Pair{name.Value, value})
	}
	return nil
}

// Names are one name or a list of them.
type Names []string

// UnmarshalYAML takes both forms.
func (s *Names) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*s = Names{n.Value}
		return nil
	}
	return n.Decode((*[]string)(s))
}
