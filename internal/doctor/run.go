package doctor

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"crane/internal/hint"
)

// Report is what a run came to, in the order of the checks.
type Report struct {
	Findings []Finding `json:"findings"`
	// Counts are how many there are of each verdict, the zeros too.
	Counts map[Verdict]int `json:"counts"`
}

// Run looks at everything at once. A check that has not answered within the
// deadline has seen nothing.
func Run(ctx context.Context, checks []Check, deadline time.Duration) Report {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	r := Report{Findings: make([]Finding, len(checks)), Counts: map[Verdict]int{OK: 0, Wrong: 0, Weak: 0, Unseen: 0, Nowhere: 0}}
	var all sync.WaitGroup
	for i, c := range checks {
		all.Go(func() { r.Findings[i] = c.finding(ctx) })
	}
	all.Wait()
	for _, f := range r.Findings {
		r.Counts[f.Verdict]++
	}
	return r
}

func (c Check) finding(ctx context.Context) Finding {
	seen := c.safely(ctx)
	f := Finding{ID: c.ID, Title: c.Title, Verdict: seen.Verdict, Found: seen.Found, Why: c.Why}
	if seen.Verdict != OK && seen.Verdict != Nowhere {
		f.Fix = seen.Fix
		if f.Fix == "" {
			f.Fix = c.Fix
		}
	}
	return f
}

// safely takes for unseen what cannot be decoded: GitHub's client library panics
// on a reviewer that has no type.
func (c Check) safely(ctx context.Context) (seen Seen) {
	defer func() {
		if recover() != nil {
			seen = unseen(errAnswer.Error(), again)
		}
	}()
	return c.look(ctx)
}

// again is what to do about a service that failed.
const again = "crane doctor, in a minute or two"

// Err is nil when everything is right or not here. Else it is of the worst that
// there is: ErrWrong, ErrUnseen or ErrWeak. Its hint is the first such finding's fix.
func (r Report) Err() error {
	for _, worst := range []struct {
		verdict Verdict
		err     error
	}{{Wrong, ErrWrong}, {Unseen, ErrUnseen}, {Weak, ErrWeak}} {
		for _, f := range r.Findings {
			if f.Verdict == worst.verdict {
				return hint.Wrap(fmt.Errorf("%w: %s; nothing was changed", worst.err, r.Summary()), f.Fix)
			}
		}
	}
	return nil
}

// Summary is the counts that are not zero, such as 20 ok, 1 weak.
func (r Report) Summary() string {
	var parts []string
	for _, v := range []Verdict{OK, Wrong, Weak, Unseen, Nowhere} {
		if n := r.Counts[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return strings.Join(parts, ", ")
}
