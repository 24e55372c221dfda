package scratch

import "strings"

// Fold gives a name as SQLite compares names: only the letters of ASCII are the
// same in both cases, so that Äpfel and äpfel are two tables.
func Fold(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

// Same tells two spellings of one name.
func Same(a, b string) bool { return Fold(a) == Fold(b) }
