package main

import (
	"io"
	"strings"
	"sync"

	"crane/internal/drift"
)

// takenHint is for what exists, but not in the state: somebody else made it
// after this update had looked.
const takenHint = "crane recover, then make up"

// lastLines remembers enough of what a program prints to say what to do next.
type lastLines struct {
	mu   sync.Mutex
	text strings.Builder
}

// tee passes a stream through.
func (l *lastLines) tee(to io.Writer) io.Writer { return io.MultiWriter(to, l) }

func (l *lastLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text.Len() < 64<<10 {
		l.text.Write(p)
	}
	return len(p), nil
}

// hint is the next command for what Pulumi says in its own words. Where a hint
// stands in what it printed already, there is no second one.
func (l *lastLines) hint() string {
	if strings.Contains(l.text.String(), "hint: ") {
		return ""
	}
	for _, known := range []struct{ said, next string }{
		{"currently locked by", busyHint("make up")},
		{"incorrect passphrase", "use make up, or eval \"$(.crane/bin/crane env)\""},
		{"connection refused", "crane local start"},
		{"no stack named", "crane up"},
		{"already exists", takenHint}, // a script by the official plugin, a database by D1
		{"(7502)", takenHint},
	} {
		if strings.Contains(l.text.String(), known.said) {
			return known.next
		}
	}
	if next := drift.Outage(l.text.String()); next != "" {
		return next
	}
	return "read what pulumi said above; what it did before is kept, and make up goes on from there"
}
