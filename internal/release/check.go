package release

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The shapes of what a receipt holds.
var (
	isCommit = regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString
	isDigest = regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString
	isRun    = regexp.MustCompile(`^[0-9]{1,20}$`).MatchString
	isDay    = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`).MatchString
	isName   = regexp.MustCompile(`^[^\x00-\x1f\x7f/\\]{1,255}$`).MatchString
)

// checker collects what is wrong with a receipt.
type checker []string

func (c *checker) want(ok bool, format string, args ...any) {
	if !ok {
		*c = append(*c, fmt.Sprintf(format, args...))
	}
}

// check refuses a receipt that says too little, with all that is wrong with it.
func (r Receipt) check() error {
	var c checker
	c.want(isCommit(r.Commit), "the commit is not 40 hexadecimal digits")
	c.want(isRun(r.RunID), "the run's id is not a number")
	c.want(!r.Verified.IsZero(), "it does not say when it was verified")
	c.want(r.Workers != nil, "it has no list of Workers")
	c.want(r.Databases != nil, "it has no list of databases")
	for name, w := range sorted(r.Workers) {
		c.worker(name, w)
	}
	for name, d := range sorted(r.Databases) {
		c.database(name, d)
	}
	c.want(isDigest(r.Secrets.Key), "the digest of the fingerprint key is not 64 hexadecimal digits")
	for secret, mark := range sorted(r.Secrets.Marks) {
		c.want(isDigest(mark), "the mark of secret %q is not 64 hexadecimal digits", secret)
	}
	if len(c) == 0 {
		return nil
	}
	return malformed("%s", strings.Join(c, "; "))
}

func (c *checker) worker(name string, w Worker) {
	c.want(isName(name), "%q is no Worker's name", name)
	c.want(isDigest(w.Bundle), "the digest of worker %q's bundle is not 64 hexadecimal digits", name)
	c.want(isDigest(w.Revision), "the revision of worker %q is not 64 hexadecimal digits", name)
	c.want(isDay(w.CompatibilityDate), "the compatibility date of worker %q is not a day", name)
	c.want(!w.VerifiedAt.IsZero(), "worker %q was not verified", name)
}

func (c *checker) database(name string, d Database) {
	c.want(isName(name), "%q is no database's name", name)
	seen := map[string]bool{}
	for _, m := range d.Migrations {
		c.want(isName(m.Name), "%q, of database %q, is no migration's name", m.Name, name)
		c.want(!seen[m.Name], "migration %q of database %q is there twice", m.Name, name)
		c.want(isDigest(m.SHA256), "the digest of migration %q of database %q is not 64 hexadecimal digits", m.Name, name)
		seen[m.Name] = true
	}
	last := ""
	if n := len(d.Migrations); n > 0 {
		last = d.Migrations[n-1].Name
	}
	c.want(d.Head == last, "the head of database %q is %q, and its last migration %q", name, d.Head, last)
}

// sorted goes through a map in the order of its keys.
func sorted[K cmp.Ordered, V any](m map[K]V) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
