package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"crane/internal/doctor"
)

// columns is how wide what a person reads may be.
const columns = 100

var doctorMarks = map[doctor.Verdict]string{
	doctor.OK: "✓", doctor.Wrong: "✗", doctor.Weak: "!", doctor.Unseen: "?", doctor.Nowhere: "-",
}

// showDoctor is a line for each check, and under it what is to be said of those
// that are not right: once for those of which the same is.
func (w world) showDoctor(r doctor.Report) error {
	for i, f := range r.Findings {
		fmt.Fprintln(w.stdout, headline(f))
		if i+1 == len(r.Findings) || !sameReason(f, r.Findings[i+1]) {
			w.details(f)
		}
	}
	_, err := fmt.Fprintln(w.stdout, r.Summary())
	return err
}

// headline is the line of a check, with what was seen where that is right and
// there is room for it.
func headline(f doctor.Finding) string {
	line := doctorMarks[f.Verdict] + " " + f.Title
	if full := line + ": " + f.Found; f.Verdict == doctor.OK && utf8.RuneCountInString(full) <= columns {
		return full
	}
	return line
}

// sameReason reports findings that say the same of why they saw nothing.
func sameReason(a, b doctor.Finding) bool {
	blind := a.Verdict == doctor.Unseen || a.Verdict == doctor.Nowhere
	return blind && a.Verdict == b.Verdict && a.Found == b.Found && a.Fix == b.Fix
}

func (w world) details(f doctor.Finding) {
	switch f.Verdict {
	case doctor.OK:
		return
	case doctor.Nowhere:
		w.line("    ", "not here: ", f.Found)
	case doctor.Unseen:
		w.line("    ", "unseen: ", f.Found)
		w.line("    ", "fix: ", f.Fix)
	default:
		w.line("    ", "found: ", f.Found)
		w.line("    ", "why: ", f.Why)
		w.line("    ", "fix: ", f.Fix)
	}
}

// line prints a text, broken between words where it is too long. A word that is
// longer than a line, such as an address, stays whole.
func (w world) line(indent, before, text string) {
	line := indent + before
	width := utf8.RuneCountInString(line)
	next := indent + strings.Repeat(" ", utf8.RuneCountInString(before))
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		if i > 0 && width+1+n > columns {
			fmt.Fprintln(w.stdout, line)
			line, width = next, utf8.RuneCountInString(next)
		} else if i > 0 {
			line, width = line+" ", width+1
		}
		line, width = line+word, width+n
	}
	fmt.Fprintln(w.stdout, line)
}
