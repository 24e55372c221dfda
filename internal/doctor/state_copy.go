package doctor

import (
	"fmt"
	"time"

	"crane/stacks"
)

// stale is when a preview state says too little of the state of now.
const stale = 48 * time.Hour

// told says of what was seen in a preview state that it was there, and believes
// an old one less.
func (e exported) told(stack stacks.Stack, seen Seen) Seen {
	if e.copied.IsZero() {
		return seen
	}
	seen.Found += fmt.Sprintf(", by the preview state of %s, fetched %s", stack.Name, e.copied.UTC().Format("2006-01-02 15:04 UTC"))
	if (seen.Verdict == OK || seen.Verdict == Nowhere) && time.Since(e.copied) > stale {
		seen.Verdict, seen.Fix = Weak, "crane fetch states, then crane doctor"
	}
	return seen
}
