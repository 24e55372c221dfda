// Package redact keeps secrets out of what a process prints.
package redact

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Mask stands for a secret.
const Mask = "[secret]"

// Least is the shortest secret, in bytes, that can be kept out of text: what is
// shorter stands in ordinary words and numbers.
const Least = 4

// Redactor knows every value that the process has fetched, in each of the forms
// in which one gets into a text by accident. It is safe for concurrent use.
type Redactor struct {
	mu       sync.Mutex
	known    map[string]bool
	forms    []string // longest first
	replacer *strings.Replacer
}

// Add makes values known from here on. One that is shorter than Least is not.
func (r *Redactor) Add(values ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil {
		r.known = map[string]bool{}
	}
	for _, value := range values {
		for _, form := range Forms(value) {
			r.known[form] = true
		}
	}
	r.compile()
}

// compile puts long forms first: of two that begin at the same place the
// replacer takes the earlier one.
func (r *Redactor) compile() {
	r.forms = r.forms[:0]
	for form := range r.known {
		r.forms = append(r.forms, form)
	}
	slices.SortFunc(r.forms, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b))
	})
	pairs := make([]string, 0, 2*len(r.forms))
	for _, form := range r.forms {
		pairs = append(pairs, form, Mask)
	}
	r.replacer = strings.NewReplacer(pairs...)
}

// String is a text without the secrets in it.
func (r *Redactor) String(text string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.replacer == nil {
		return text
	}
	return r.replacer.Replace(text)
}
