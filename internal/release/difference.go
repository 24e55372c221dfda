package release

import (
	"fmt"
	"strings"

	"crane/internal/hint"
	"crane/stacks"
)

// Difference is one thing that production would run and staging has not verified,
// or the other way round.
type Difference struct {
	// Of is what differs: commit, worker context-api, database context.
	Of string
	// Words say how.
	Words string
}

func (d Difference) String() string { return d.Of + ": " + d.Words }

// Differ makes an error of differences: ErrDiffers, with each on a line, or nil if
// there are none. It is for before anything is changed.
func Differ(differences []Difference) error {
	if len(differences) == 0 {
		return nil
	}
	var lines strings.Builder
	for _, d := range differences {
		lines.WriteString("\n  " + d.String())
	}
	gate := stacks.ProductionGate
	return hint.Wrap(fmt.Errorf("%w:%s\nnothing was changed", ErrDiffers, lines.String()),
		fmt.Sprintf("deploy to staging first: git push origin HEAD:%s starts %s, then gh workflow run %s",
			gate.Branch, gate.Deploy.File, gate.Promote.File))
}
