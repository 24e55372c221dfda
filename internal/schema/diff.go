package schema

import (
	"fmt"
	"strings"
)

// Change is one object that differs between two schemas.
type Change struct {
	Kind, Name string
	// Was and Is are the normalised statements; empty where there is none.
	Was, Is string
}

// String is one to three lines, as in a readable diff.
func (c Change) String() string {
	title := c.Kind + " " + c.Name
	switch {
	case c.Was == "":
		return fmt.Sprintf("+ %s\n    + %s", title, c.Is)
	case c.Is == "":
		return fmt.Sprintf("- %s\n    - %s", title, c.Was)
	default:
		return fmt.Sprintf("~ %s\n    - %s\n    + %s", title, c.Was, c.Is)
	}
}

// Diff says what became of s in the other schema, in order; none when both say
// the same.
func (s Schema) Diff(other Schema) []Change {
	var changes []Change
	for _, was := range s {
		is, _ := other.Find(was.Kind, was.Name)
		if c := (Change{was.Kind, was.Name, Normal(was.SQL), Normal(is.SQL)}); c.Was != c.Is {
			changes = append(changes, c)
		}
	}
	for _, is := range other {
		if _, known := s.Find(is.Kind, is.Name); !known {
			changes = append(changes, Change{is.Kind, is.Name, "", Normal(is.SQL)})
		}
	}
	return changes
}

// Text is a readable diff, a change after the other.
func Text(changes []Change) string {
	lines := make([]string, len(changes))
	for i, c := range changes {
		lines[i] = c.String()
	}
	return strings.Join(lines, "\n")
}
