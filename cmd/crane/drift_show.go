package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"crane/internal/drift"
	"crane/internal/hint"
	"crane/internal/project"
	"crane/stacks"
)

// ready goes before a command that needs a shell on staging: nothing where crane
// env would change nothing. Otherwise it is absolute, and ends the line when
// crane env fails: eval alone would succeed with nothing, and what comes after it
// would reach whatever the shell is on.
func (w world) ready(l project.Layout) (string, error) {
	vars, err := w.staging(l)
	if err != nil {
		return "", err
	}
	for _, v := range vars {
		if w.getenv(v.name) != v.value {
			return fmt.Sprintf(`e="$(%s env)" && eval "$e" && `, quoted(filepath.Join(l.Bin(), "crane"))), nil
		}
	}
	return "", nil
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
		fmt.Fprintln(w.stderr, "this compares with the state; pulumi preview --stack staging does with what is declared")
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

// drifted is the error when anything was found. What could not be read is no
// drift, and nobody knows what else there is.
func drifted(r drift.Report) error {
	if len(r.Drift) == 0 {
		return nil
	}
	var counts []string
	for _, k := range []drift.Kind{drift.Unread, drift.Gone, drift.Changed} {
		if n := r.Count(k); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, k))
		}
	}
	what := drift.ErrDrift
	if r.Count(drift.Unread) > 0 {
		what = drift.ErrUnread
	}
	err := fmt.Errorf("%w: %s; neither the state nor Cloudflare was changed", what, strings.Join(counts, ", "))
	return hint.Wrap(err, r.Drift[0].Next)
}
