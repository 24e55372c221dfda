package main

import (
	"io"
	"strings"
)

// lastLines passes a program's errors through and remembers enough of them to
// say what to do next.
type lastLines struct {
	to   io.Writer
	text strings.Builder
}

func (l *lastLines) Write(p []byte) (int, error) {
	if l.text.Len() < 64<<10 {
		l.text.Write(p)
	}
	return l.to.Write(p)
}

// hint is the next command for what Pulumi says in its own words.
func (l *lastLines) hint() string {
	for _, known := range []struct{ said, next string }{
		{"currently locked by", "wait for the other update to end, or, if it was killed, pulumi cancel -s staging"},
		{"incorrect passphrase", "use make up, or eval \"$(.crane/bin/crane env)\""},
		{"connection refused", "crane local start"},
	} {
		if strings.Contains(l.text.String(), known.said) {
			return known.next
		}
	}
	return "read what pulumi said above; what it did before is kept, and make up goes on from there"
}
