package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"crane/internal/deployed"
)

// showStacks is the page for people: a line per Worker and stack, those of one
// Worker together, then what comes of comparing them. Lines fit 100 columns
// unless a Worker's name takes more than eleven.
func (w world) showStacks(s sight) error {
	out := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "WORKER\tSTACK\tREVISION\tBUNDLE\tDEPLOYED UTC\tHEALTH\tMIGRATION")
	for _, name := range s.names() {
		for _, v := range []view{s.staging, s.production} {
			for _, r := range v.rows {
				if r.Worker == name {
					fmt.Fprintln(out, strings.Join(v.cells(r), "\t"))
				}
			}
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	s.showMain(w.stdout)
	s.showProduction(w.stdout)
	return nil
}

// names are the Workers of both stacks, in the order of their rows.
func (s sight) names() []string {
	var names []string
	for _, r := range slices.Concat(s.staging.rows, s.production.rows) {
		if !slices.Contains(names, r.Worker) {
			names = append(names, r.Worker)
		}
	}
	return names
}

// cells are a line of the table. What is not known is a dash.
func (v view) cells(r workerStatus) []string {
	cells := []string{r.Worker, v.stack.Name, twelve(r.Revision), twelve(r.Bundle), "", r.Health, newestOf(r.Migrations)}
	if at := v.deployed.Workers[r.Worker].VerifiedAt; !at.IsZero() {
		cells[4] = at.UTC().Format("Jan _2 15:04")
	}
	for i := range cells {
		if cells[i] == "" {
			cells[i] = "-"
		}
	}
	return cells
}

func twelve(digest string) string { return fmt.Sprintf("%.12s", digest) }

// newestOf is one head, cut where it would take too much of the line, or the
// numbers of several with their bindings.
func newestOf(heads map[string]string) string {
	const room = 20
	var parts []string
	for _, binding := range slices.Sorted(maps.Keys(heads)) {
		head := heads[binding]
		if number, _, _ := strings.Cut(head, "_"); len(heads) > 1 {
			head = binding + "=" + number
		} else if len(head) > room {
			head = head[:room-1] + "…"
		}
		parts = append(parts, head)
	}
	return strings.Join(parts, " ")
}

// showMain says whether staging is what main's newest receipt has.
func (s sight) showMain(out io.Writer) {
	off := s.off()
	if s.main.reason != nil {
		fmt.Fprintln(out, "main:", off[0])
		indent(out, off[1:])
		return
	}
	is := "on main"
	if len(off) > 0 {
		is = "off main"
	}
	fmt.Fprintf(out, "main: staging is %s, by receipt %s of commit %s\n", is, twelve(s.main.receipt), twelve(s.main.commit))
	indent(out, off)
}

// showProduction says what production is at, and what it lacks of staging.
func (s sight) showProduction(out io.Writer) {
	p := s.production
	switch behind := s.behind(); {
	case p.state == none:
		fmt.Fprintln(out, "production: nothing is deployed")
		return
	case p.state == unreadable:
		fmt.Fprintf(out, "production's state is not readable here: %v\n", p.reason)
		return
	case behind == nil:
	case behind.None():
		fmt.Fprintln(out, "production: in sync with staging")
	default:
		fmt.Fprintln(out, "production: behind staging")
		indent(out, p.deployed.Words(s.staging.deployed, "staging"))
	}
	if stray := p.stray(); len(stray) > 0 {
		fmt.Fprintln(out, "production: not as its state has it")
		indent(out, stray)
	}
	if r := p.deployed.Release; r != nil {
		fmt.Fprintf(out, "production: %s receipt %s of commit %s, verified %s UTC\n", released(r), twelve(r.Receipt), twelve(r.Commit), timeText(r.Verified))
	}
}

func indent(out io.Writer, lines []string) {
	for _, line := range lines {
		fmt.Fprintln(out, "  "+line)
	}
}

// released says how production got to its release.
func released(r *deployed.Release) string {
	if r.Rollback {
		return "went back to"
	}
	return "runs"
}
