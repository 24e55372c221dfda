package drift

import (
	"cmp"
	"io/fs"
	"slices"

	"crane/stacks"
)

// Report is what a comparison found. Its JSON form is a contract.
type Report struct {
	// Drift is what exists otherwise than the state has it, or could not be read:
	// what has to be mended first comes before the rest.
	Drift []Finding `json:"drift"`
	// Unseen is what no comparison sees.
	Unseen []Unseen `json:"unseen"`
}

// Finding is one resource that is not as the state has it.
type Finding struct {
	// Resource, Type and URN are Pulumi's.
	Resource string `json:"resource"`
	Type     string `json:"type"`
	URN      string `json:"urn"`
	// Kind says what became of it.
	Kind Kind `json:"kind"`
	// Properties are those that changed, by Pulumi's names; empty if it is gone.
	Properties []string `json:"properties"`
	// Detail is the same for people.
	Detail string `json:"detail"`
	// Next is the command that mends it, after what only people can do.
	Next string `json:"next"`

	rank int
}

// Kind is what became of a resource.
type Kind string

// The kinds of findings.
const (
	Changed Kind = "changed"
	Gone    Kind = "gone"
	// Unread means that its provider failed to read it.
	Unread Kind = "unread"
)

// Unseen is a Worker whose secrets' values cannot be read back by anybody.
type Unseen struct {
	Worker  string   `json:"worker"`
	Secrets []string `json:"secrets"`
	// Next is the command that uploads the Worker anew, secrets and all.
	Next string `json:"next"`
}

// Project is what was declared.
type Project struct {
	// Fleet is the fleet as the stack has it.
	Fleet stacks.Fleet
	// Files are the project's, for the migrations that are there.
	Files fs.FS
	// Root is the project's folder as a shell reads it.
	Root string
	// Ready goes before what needs a shell on staging; empty for one that is.
	Ready string
}

// Read reads what `pulumi refresh --preview-only --json` printed.
func (p Project) Read(text []byte) (Report, error) {
	found, err := parse(text)
	if err != nil {
		return Report{}, err
	}
	r := Report{Drift: []Finding{}, Unseen: p.unseen(found)}
	for _, s := range found.Steps {
		if f, ok := p.finding(found, s); ok {
			r.Drift = append(r.Drift, f)
		}
	}
	r.advise(p, found)
	slices.SortFunc(r.Drift, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Resource, b.Resource))
	})
	return r, nil
}

// Count says how many findings there are of a kind.
func (r Report) Count(k Kind) int {
	n := 0
	for _, f := range r.Drift {
		if f.Kind == k {
			n++
		}
	}
	return n
}
