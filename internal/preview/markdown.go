package preview

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limit is the longest text that Markdown makes, in bytes. GitHub takes 65,536
// characters in a comment; the rest is left to whoever posts it.
const Limit = 60_000

// Markdown is the reports as a comment on a pull request shows them, cut to Limit.
// Nothing in it depends on when or where it was made.
func Markdown(reports []Report) string { return cut(Whole(reports)) }

// Whole is the same, however long it is.
func Whole(reports []Report) string {
	var out strings.Builder
	out.WriteString("## What an update would change\n")
	for _, r := range reports {
		out.WriteString("\n" + r.markdown())
	}
	return out.String()
}

func (r Report) markdown() string {
	if r.None() {
		return fmt.Sprintf("**%s**: no changes\n", r.Stack)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "### %s\n\n", r.Stack)
	if !r.Compared {
		fmt.Fprintf(&out, "Everything is taken as new: %s.\n\n", oneLine(r.Why))
	}
	r.refusals(&out)
	r.losses(&out)
	for _, w := range r.Workers {
		fmt.Fprintf(&out, "- Worker **%s**%s\n", w.Name, w.words())
	}
	for _, m := range r.Migrations {
		fmt.Fprintf(&out, "- migration of **%s**: %s: %s\n", m.Database, code(m.File), oneLine(m.Verdict))
	}
	for _, o := range r.Others {
		fmt.Fprintf(&out, "- %s\n", o)
	}
	return out.String()
}

func (w Worker) words() string {
	lines := w.Why
	if len(lines) == 0 {
		return " is asked again whether it is healthy"
	}
	if w.New {
		return " is new\n  - " + strings.Join(lines, "\n  - ")
	}
	return "\n  - " + strings.Join(lines, "\n  - ")
}

// losses are in a box that GitHub paints red.
func (r Report) losses(out *strings.Builder) {
	if len(r.Lost) == 0 {
		return
	}
	out.WriteString("> [!CAUTION]\n> This deletes or replaces:\n")
	for _, l := range r.Lost {
		fmt.Fprintf(out, "> - %s %s\n", l.Op, code(l.Resource))
	}
	out.WriteString("\n")
}

// refusals are words of programs, which are shown as they are.
func (r Report) refusals(out *strings.Builder) {
	for _, text := range r.Errors {
		fmt.Fprintf(out, "> [!WARNING]\n> An update would be refused.\n\n~~~text\n%s\n~~~\n\n", strings.ReplaceAll(text, "~~~", "~ ~ ~"))
	}
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// cut ends a text that is too long at the end of a line, and says so.
func cut(text string) string {
	if len(text) <= Limit {
		return text
	}
	head := text[:Limit]
	for !utf8.ValidString(head) {
		head = head[:len(head)-1]
	}
	if at := strings.LastIndexByte(head, '\n'); at > 0 {
		head = head[:at+1]
	}
	more := strings.Count(text[len(head):], "\n")
	if strings.Count(head, "~~~")%2 == 1 {
		head += "~~~\n"
	}
	return fmt.Sprintf("%s\nThis is cut: %d lines more. `crane preview` shows them all.\n", head, more)
}
