package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"crane/internal/hint"
	"crane/internal/release"
)

// summarize appends to a file, as Markdown, what a promotion was and how it ended:
// what GitHub shows on a run's page.
func (p *promoting) summarize(ctx context.Context, failure error) error {
	if p.summary == "" {
		return nil
	}
	var out strings.Builder
	p.summaryHead(&out)
	if failure != nil {
		fmt.Fprintf(&out, "\n> [!CAUTION]\n> **It failed.** %s\n>\n> Next: %s\n", quotedLine(failure.Error()), quotedLine(hint.Of(failure)))
	}
	p.summaryRunning(ctx, &out)
	return appendTo(p.summary, p.redactor.String(out.String()))
}

// summaryHead is the table that show prints.
func (p *promoting) summaryHead(out *strings.Builder) {
	if p.signed == nil {
		out.WriteString("## Promotion\n")
		return
	}
	r := p.signed.Receipt
	fmt.Fprintf(out, "## %s %.12s\n\nVerified on staging %s, receipt `%.12s`.\n", p.called(), r.Commit, timeText(r.Verified), p.signed.Digest())
	out.WriteString("\n| Worker | from | to |\n|---|---|---|\n")
	for _, name := range sortedNames(r.Workers) {
		was := p.was.Workers[name].Bundle
		fmt.Fprintf(out, "| %s | %s | %s |\n", name, short(was), arrival(was, r.Workers[name].Bundle))
	}
	out.WriteString("\n| Database | head | pending |\n|---|---|---|\n")
	for _, name := range sortedNames(r.Databases) {
		db := p.was.Databases[name]
		fmt.Fprintf(out, "| %s | %s | %s |\n", name, orDash(db.Head), p.pendingText(db, r.Databases[name]))
	}
}

// summaryRunning is what smoke found, where each database was before, and the way
// back, once an update was begun.
func (p *promoting) summaryRunning(ctx context.Context, out *strings.Builder) {
	if p.rows == nil || p.look(ctx) != nil {
		return
	}
	out.WriteString("\n### What production runs\n\n| Worker | bundle | revision | health | migration |\n|---|---|---|---|---|\n")
	for _, row := range p.rows {
		fmt.Fprintf(out, "| [%s](%s) | %s | %.12s | %s | %s |\n", row.Worker, row.URL, short(p.before.Workers[row.Worker].Bundle), row.Revision, row.Health, heads(row.Migrations))
	}
	out.WriteString("\n### The way back\n\n- code: " + p.codeBack() + "\n")
	for _, name := range sortedNames(p.before.Databases) {
		db := p.before.Databases[name]
		if len(db.Applied) > len(p.was.Databases[name].Applied) && db.Bookmark != "" {
			fmt.Fprintf(out, "- data of %s, and everything written since: `npx wrangler d1 time-travel restore %s --bookmark=%s`\n", name, db.Name, db.Bookmark)
		}
	}
}

// codeBack is how the code goes back, if there is anything to go back to.
func (p *promoting) codeBack() string {
	if p.was.Release == nil {
		return "none yet: nothing was promoted before this"
	}
	return "run this workflow with `rollback`, which is `crane promote --rollback`"
}

// called is what it is: the beginning of a title.
func (p *promoting) called() string {
	if p.rollback {
		return "Rollback to"
	}
	return "Promotion of"
}

// quotedLine is a text in one line of a quotation.
func quotedLine(text string) string {
	return strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n> ")
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// keepReceipts puts the receipts of what runs and of what ran before into
// .crane/promoted, which the workflow publishes: going back needs them when the
// runs that made them are long forgotten.
func (p *promoting) keepReceipts() error {
	dir := p.Layout.Hidden("promoted")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	digests := []string{p.signed.Digest()}
	for _, past := range p.note.History {
		digests = append(digests, past.Receipt)
	}
	for _, digest := range digests {
		signed, err := p.store.ByDigest(digest)
		if errors.Is(err, release.ErrNone) {
			continue // it is not here any more, and was promoted all the same
		}
		if err == nil {
			err = release.Copy(signed, release.Store{Dir: dir}.Place(digest))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
