// Package doctor reads the real settings that production relies on, at GitHub,
// Infisical and Cloudflare and in the stacks' states, and holds them against what
// is declared. It changes nothing: beside logins it sends GETs only. What it
// could not see is never right.
package doctor

import "context"

// Verdict is what a check came to.
type Verdict string

const (
	// OK was seen, and is as declared.
	OK Verdict = "ok"
	// Wrong was seen, and is weaker than declared.
	Wrong Verdict = "wrong"
	// Weak is as declared or may be, and protects less than it could.
	Weak Verdict = "weak"
	// Unseen could not be seen, or not well enough to say.
	Unseen Verdict = "unseen"
	// Nowhere means that there is nothing to see: on the local Cloudflare there is
	// no GitHub, before the first promotion no production, and production's
	// token is in the promote job alone.
	Nowhere Verdict = "not here"
)

// Check is one thing to look at.
type Check struct {
	// ID is for programs and stays; Title is what should be true.
	ID, Title string
	// Why says what may happen when it is not.
	Why string
	// Fix is the command, or the place on the web page, unless look knows better.
	Fix string

	look func(context.Context) Seen
}

// Seen is what was seen.
type Seen struct {
	Verdict Verdict
	// Found is what there is.
	Found string
	// Fix is empty where the check's own is right.
	Fix string
}

// Finding is a check with what was seen. Its JSON form is a contract: fields are
// only ever added. Found, Why and Fix are for people and may change.
type Finding struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Verdict Verdict `json:"verdict"`
	Found   string  `json:"found"`
	Why     string  `json:"why"`
	// Fix is empty when nothing is to be mended.
	Fix string `json:"fix"`
}

func ok(found string) Seen      { return Seen{Verdict: OK, Found: found} }
func wrong(found string) Seen   { return Seen{Verdict: Wrong, Found: found} }
func weak(found string) Seen    { return Seen{Verdict: Weak, Found: found} }
func nowhere(found string) Seen { return Seen{Verdict: Nowhere, Found: found} }

// unseen says why, and what would let it be seen.
func unseen(found, fix string) Seen { return Seen{Unseen, found, fix} }

// unless is ok when there is nothing wrong.
func unless(problem, right string) Seen {
	if problem != "" {
		return wrong(problem)
	}
	return ok(right)
}
