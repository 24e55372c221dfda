package deployed

import (
	"fmt"
	"strings"
)

// Words say the difference from another stack in a line each; name is what the
// other is called.
func (s Stack) Words(other Stack, name string) []string {
	d := s.Against(other)
	var lines []string
	for _, worker := range d.Workers {
		lines = append(lines, worker+": "+s.workerWords(other, worker, name))
	}
	for _, f := range d.Missing {
		for _, file := range f.Files {
			lines = append(lines, fmt.Sprintf("%s: migration %s%s", f.Database, file, s.missing(f.Database, file, name)))
		}
	}
	for _, f := range d.Extra {
		for _, file := range f.Files {
			lines = append(lines, fmt.Sprintf("%s: migration %s is not on %s", f.Database, file, name))
		}
	}
	return lines
}

func (s Stack) workerWords(other Stack, worker, name string) string {
	mine, here := s.Workers[worker]
	theirs, there := other.Workers[worker]
	switch {
	case !here:
		return fmt.Sprintf("is not deployed, %s has bundle %.12s", name, theirs.Bundle)
	case !there:
		return fmt.Sprintf("bundle %.12s, %s has no such Worker", mine.Bundle, name)
	case mine.Bundle != theirs.Bundle:
		return fmt.Sprintf("bundle %.12s, %s has %.12s", mine.Bundle, name, theirs.Bundle)
	}
	return fmt.Sprintf("compatibility %s, %s has %s", mine.compatibility(), name, theirs.compatibility())
}

// compatibility is the date and the flags.
func (w Worker) compatibility() string {
	return strings.Join(append([]string{w.CompatibilityDate}, w.CompatibilityFlags...), " ")
}

func (s Stack) missing(database, file, name string) string {
	if named(s.Databases[database].Applied, file) {
		return " is not the text that " + name + " has"
	}
	return " is not applied, " + name + " has it"
}
