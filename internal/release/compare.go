package release

import (
	"fmt"
	"slices"
	"strings"
)

// Candidate is what production is about to run. Of a Worker only the bundle and
// the compatibility settings count: the rest is the stack's own.
type Candidate struct {
	Commit  string
	Workers map[string]Worker
	// Databases are the migrations of each, in their order.
	Databases map[string][]Migration
}

// Compare lists every difference: the commit, then Workers, then databases, by
// their names. There is none exactly when all of it is the same.
func (r Receipt) Compare(c Candidate) []Difference {
	var out []Difference
	if r.Commit != c.Commit {
		out = append(out, Difference{"commit", fmt.Sprintf("staging ran %.12s, this is %.12s", r.Commit, c.Commit)})
	}
	out = append(out, r.workers(c.Workers)...)
	return append(out, r.databases(c.Databases)...)
}

func (r Receipt) workers(candidate map[string]Worker) []Difference {
	var out []Difference
	for name := range sorted(either(r.Workers, candidate)) {
		staged, was := r.Workers[name]
		here, is := candidate[name]
		for _, words := range worker(staged, was, here, is) {
			out = append(out, Difference{"worker " + name, words})
		}
	}
	return out
}

// worker says how one Worker differs.
func worker(staged Worker, was bool, here Worker, is bool) (words []string) {
	if !was {
		return []string{"staging did not run it"}
	}
	if !is {
		return []string{"staging ran it, and it is not here any more"}
	}
	if staged.Bundle != here.Bundle {
		words = append(words, fmt.Sprintf("its bundle is %.12s, staging ran %.12s", here.Bundle, staged.Bundle))
	}
	if staged.CompatibilityDate != here.CompatibilityDate {
		words = append(words, fmt.Sprintf("its compatibility date is %s, staging ran it with %s", here.CompatibilityDate, staged.CompatibilityDate))
	}
	if !slices.Equal(flags(staged), flags(here)) {
		words = append(words, fmt.Sprintf("its compatibility flags are %s, staging ran it with %s", list(flags(here)), list(flags(staged))))
	}
	return words
}

// flags are a Worker's, whose order says nothing.
func flags(w Worker) []string { return slices.Sorted(slices.Values(w.CompatibilityFlags)) }

func list(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

func (r Receipt) databases(candidate map[string][]Migration) []Difference {
	var out []Difference
	for name := range sorted(either(r.Databases, candidate)) {
		staged, was := r.Databases[name]
		here, is := candidate[name]
		var words []string
		switch {
		case !was:
			words = []string{"staging does not have it"}
		case !is:
			words = []string{"staging has it, and it is not here any more"}
		default:
			words = migrations(staged.Migrations, here)
		}
		for _, each := range words {
			out = append(out, Difference{"database " + name, each})
		}
	}
	return out
}

// either has the keys of both maps.
func either[A, B any](a map[string]A, b map[string]B) map[string]bool {
	keys := map[string]bool{}
	for key := range a {
		keys[key] = true
	}
	for key := range b {
		keys[key] = true
	}
	return keys
}
