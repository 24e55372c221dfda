// Package preview says what an update of a stack would change, in the words of
// the fleet: it reads what `pulumi preview --json` prints, and writes Markdown.
package preview

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrPlan means that a text is not what `pulumi preview --json` prints.
var ErrPlan = errors.New("it is no preview of Pulumi's")

// Report is what an update of one stack would change. Its JSON is part of the
// contract of `crane preview --json`.
type Report struct {
	Stack string `json:"stack"`
	// Compared is false when there was nothing that could be compared with: then
	// everything is new.
	Compared bool `json:"compared"`
	// Why says in one line why nothing was compared with; empty when it was.
	Why string `json:"why"`
	// Workers are those that would be uploaded, scheduled or asked anew, by name.
	Workers []Worker `json:"workers"`
	// Migrations are those that would be applied, in their order.
	Migrations []Migration `json:"migrations"`
	// Lost are what would be deleted or replaced.
	Lost []Loss `json:"lost"`
	// Others are resources of no Worker that would be made or changed.
	Others []string `json:"others"`
	// Errors are why the update would be refused.
	Errors []string `json:"errors"`
}

// Worker is one that would change.
type Worker struct {
	Name string `json:"name"`
	// New says that it does not exist yet.
	New bool `json:"new"`
	// Why has a line for each thing that changes.
	Why []string `json:"why"`
}

// Migration is a file that would be applied.
type Migration struct {
	Database string `json:"database"`
	File     string `json:"file"`
	// Verdict is the linter's, and what would be counted.
	Verdict string `json:"verdict"`
}

// Loss is a resource that would be deleted, or deleted and made anew.
type Loss struct {
	// Op is delete or replace.
	Op       string `json:"op"`
	Resource string `json:"resource"`
}

// None reports whether nothing would change.
func (r Report) None() bool {
	return len(r.Workers)+len(r.Migrations)+len(r.Lost)+len(r.Others)+len(r.Errors) == 0
}

// plan is the part of Pulumi's document that is looked at, see
// PreviewDigest in pkg/backend/display of github.com/pulumi/pulumi.
type plan struct {
	Steps       []step       `json:"steps"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

type step struct {
	Op  string `json:"op"`
	URN string `json:"urn"`
	Old state  `json:"oldState"`
	New state  `json:"newState"`
}

type state struct {
	ID     string          `json:"id"`
	Inputs json.RawMessage `json:"inputs"`
}

type diagnostic struct {
	URN      string `json:"urn"`
	Message  string `json:"message"`
	Severity string `json:"severity"`
}

// reader makes a report of a plan.
type reader struct {
	Report
	// called are the names of databases by their ids.
	called map[string]string
	// ledgers are the databases of which any migration changes.
	ledgers []string
}

// Of reads what `pulumi preview --json` has printed. A preview that failed before
// it could print anything has no text, and a report without a word.
func Of(stack string, text []byte) (Report, error) {
	r := reader{called: map[string]string{}, Report: Report{
		Stack: stack, Compared: true, Workers: []Worker{}, Migrations: []Migration{}, Lost: []Loss{}, Others: []string{}, Errors: []string{},
	}}
	var p plan
	if len(text) > 0 {
		if err := json.Unmarshal(text, &p); err != nil {
			return r.Report, fmt.Errorf("%w: %w", ErrPlan, err)
		}
	}
	for _, s := range p.Steps {
		r.meet(s)
	}
	for _, s := range p.Steps {
		if err := r.step(s); err != nil {
			return r.Report, fmt.Errorf("%w: %s: %w", ErrPlan, s.URN, err)
		}
	}
	for _, d := range p.Diagnostics {
		r.diagnostic(d)
	}
	r.unnamed()
	r.sort()
	return r.Report, nil
}

// sort makes the same report of the same changes: Pulumi prints them as they
// come.
func (r *Report) sort() {
	slices.SortFunc(r.Workers, func(a, b Worker) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(r.Migrations, func(a, b Migration) int {
		return strings.Compare(a.Database+"/"+a.File, b.Database+"/"+b.File)
	})
	slices.SortFunc(r.Lost, func(a, b Loss) int { return strings.Compare(a.Resource, b.Resource) })
	slices.Sort(r.Others)
	slices.Sort(r.Errors)
	r.Errors = slices.Compact(r.Errors)
}
