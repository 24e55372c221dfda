package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"crane/internal/drift"
	"crane/internal/hint"
	"crane/stacks"
)

// inShell makes the commands ready for the shell they will be typed in.
func (w world) inShell(r *drift.Report) {
	if w.getenv("PULUMI_STACK") == stacks.Staging.Name {
		return
	}
	const ready = `eval "$(.crane/bin/crane env)" && `
	for i := range r.Drift {
		r.Drift[i].Next = strings.Replace(r.Drift[i].Next, "pulumi ", ready+"pulumi ", 1)
	}
	for i := range r.Unseen {
		r.Unseen[i].Next = ready + r.Unseen[i].Next
	}
}

// encodeDrift leaves the characters of the commands as a shell reads them.
func (w world) encodeDrift(r drift.Report) error {
	out := json.NewEncoder(w.stdout)
	out.SetEscapeHTML(false)
	return out.Encode(struct {
		Stack string `json:"stack"`
		drift.Report
	}{stacks.Staging.Name, r})
}

// showDrift lists the findings, those that one command mends together.
func (w world) showDrift(r drift.Report) error {
	out := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	for i, f := range r.Drift {
		fmt.Fprintf(out, "%s\t%s\n", f.Resource, f.Detail)
		if i+1 == len(r.Drift) || r.Drift[i+1].Next != f.Next {
			fmt.Fprintf(out, "  next: %s\n", f.Next)
		}
	}
	if len(r.Drift) == 0 {
		fmt.Fprintln(out, "no drift")
	}
	secrets := 0
	for _, u := range r.Unseen {
		secrets += len(u.Secrets)
	}
	if secrets > 0 {
		fmt.Fprintf(w.stderr, "not seen: the values of secrets (%d in %d Workers), compatibility settings; see crane help drift\n",
			secrets, len(r.Unseen))
	}
	return out.Flush()
}

// drifted is the error when anything was found.
func drifted(r drift.Report) error {
	if len(r.Drift) == 0 {
		return nil
	}
	var counts []string
	for _, k := range []drift.Kind{drift.Gone, drift.Changed, drift.Unread} {
		if n := r.Count(k); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, k))
		}
	}
	err := fmt.Errorf("%w: %s; neither the state nor Cloudflare was changed", drift.ErrDrift, strings.Join(counts, ", "))
	return hint.Wrap(err, r.Drift[0].Next)
}
