package doctor

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"crane/stacks"
)

// claims are what a token of the promote job says, and that of no other job.
func (v vault) claims() map[string]string {
	g := v.Gate
	return map[string]string{
		"repository_id": g.RepositoryID, "repository_owner_id": g.OwnerID, "environment": g.Promote.Environment,
		"ref": "refs/heads/" + g.Branch, "ref_type": "branch", "event_name": g.Promote.Event, "runner_environment": g.Runner,
		"workflow_ref": fmt.Sprintf("%s/.github/workflows/%s@refs/heads/%s", g.Repository, g.Promote.File, g.Branch),
	}
}

func (v vault) bound() string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(v.claims())) {
		pairs = append(pairs, name+"="+v.claims()[name])
	}
	return strings.Join(pairs, " ")
}

// loose are the claims that are not bound to exactly what they have to be.
func (v vault) loose(bound map[string]string) []string {
	var problems []string
	want := v.claims()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if is, there := bound[name]; !there {
			problems = append(problems, name+" is not bound")
		} else if is != want[name] {
			problems = append(problems, name+" is "+is)
		}
	}
	return problems
}

// lives looks at both lives; zero is without end.
func lives(s settings) Seen {
	if s.TTL == nil || s.MaxTTL == nil {
		return unseen(errAnswer.Error(), again)
	}
	longest := seconds(stacks.TokenLife)
	found := fmt.Sprintf("TTL %d s, max TTL %d s", *s.TTL, *s.MaxTTL)
	switch {
	case s.Period > 0:
		return wrong(found + ", renewed for ever")
	case *s.TTL <= 0, *s.MaxTTL <= 0, *s.TTL > longest, *s.MaxTTL > longest:
		return wrong(found)
	}
	return ok(found)
}

func (v vault) uses(s settings) Seen {
	switch {
	case s.Uses == nil:
		return unseen(errAnswer.Error(), again)
	case *s.Uses <= 0:
		return wrong("any number")
	case *s.Uses > int64(v.Protection.Uses):
		return wrong(fmt.Sprint(*s.Uses))
	}
	return ok(fmt.Sprint(*s.Uses))
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
