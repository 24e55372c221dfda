package release

import (
	"fmt"
	"slices"
)

// migrations says how the migrations of a database differ from those that staging
// applied: first what became of each of those, then what is new, then the order.
func migrations(staged, here []Migration) []string {
	if slices.Equal(staged, here) {
		return nil
	}
	p := pair{staged: staged, here: here, renamed: map[string]string{}}
	words := p.applied()
	words = append(words, p.added()...)
	words = append(words, p.moved()...)
	if len(words) == 0 {
		// Names that are there twice; neither a receipt nor a folder has any.
		return []string{"its migrations are not those that staging applied"}
	}
	return words
}

// pair is two lists of migrations. renamed has the new names by the old ones.
type pair struct {
	staged, here []Migration
	renamed      map[string]string
}

// applied says what became of the migrations that staging applied.
func (p pair) applied() (words []string) {
	for _, m := range p.staged {
		i := called(p.here, m.Name)
		switch {
		case i < 0 && p.rename(m):
			words = append(words, fmt.Sprintf("migration %s is called %s here: staging applied it under its first name", m.Name, p.renamed[m.Name]))
		case i < 0:
			words = append(words, fmt.Sprintf("migration %s is missing: staging applied it", m.Name))
		case p.here[i].SHA256 != m.SHA256:
			words = append(words, fmt.Sprintf("migration %s was edited: staging applied %.12s, this is %.12s", m.Name, m.SHA256, p.here[i].SHA256))
		}
	}
	return words
}

// rename finds the new name of a migration: one that staging does not know, with
// the same text, and that no other one was given.
func (p pair) rename(m Migration) bool {
	for _, h := range p.here {
		if h.SHA256 == m.SHA256 && called(p.staged, h.Name) < 0 && !p.given(h.Name) {
			p.renamed[m.Name] = h.Name
			return true
		}
	}
	return false
}

func (p pair) given(name string) bool {
	for _, to := range p.renamed {
		if to == name {
			return true
		}
	}
	return false
}

// added are the migrations that staging does not know.
func (p pair) added() (words []string) {
	for _, m := range p.here {
		if called(p.staged, m.Name) < 0 && !p.given(m.Name) {
			words = append(words, fmt.Sprintf("migration %s is new: staging has not applied it", m.Name))
		}
	}
	return words
}

// moved are the neighbours that staging applied the other way round. Others that
// were added or are missing between them do not count.
func (p pair) moved() (words []string) {
	last := -1
	for _, m := range p.here {
		at := p.place(m.Name)
		if at >= 0 && at < last {
			words = append(words, fmt.Sprintf("migration %s comes after %s here: staging applied it before", m.Name, p.now(last)))
		}
		if at >= 0 {
			last = at
		}
	}
	return words
}

// place is where staging has a migration, whatever it is called here, or -1.
func (p pair) place(name string) int {
	for old, to := range p.renamed {
		if to == name {
			name = old
		}
	}
	return called(p.staged, name)
}

// now is what a migration of staging is called here.
func (p pair) now(at int) string {
	name := p.staged[at].Name
	if to, ok := p.renamed[name]; ok {
		return to
	}
	return name
}

func called(list []Migration, name string) int {
	return slices.IndexFunc(list, func(m Migration) bool { return m.Name == name })
}
