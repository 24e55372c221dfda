package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v88/github"
)

// exempt looks at who need not follow what is demanded of the branch: of each
// demand by itself, because rulesets differ in whom they spare. A demand that
// nothing makes is not looked at, its own check says so.
func (h hub) exempt(ctx context.Context) Seen {
	rules, classic, err := h.protections(ctx)
	held := map[Verdict][]string{}
	var unsure Seen
	for _, d := range h.demands() {
		seen := h.spared(ctx, d, rules, classic)
		if err != nil && seen.Verdict == Wrong { // what was not seen may spare nobody
			seen = blind(err)
		}
		if seen.Verdict == Unseen {
			unsure = seen
		}
		held[seen.Verdict] = append(held[seen.Verdict], d.id+": "+seen.Found)
	}
	switch {
	case len(held[Wrong]) > 0:
		return wrong(together(held[Wrong]))
	case len(held[Unseen]) > 0:
		return unsure
	case len(held[OK]) == 0 && err != nil:
		return blind(err)
	case len(held[OK]) == 0:
		return wrong("nothing is demanded, of anybody")
	}
	return ok(fmt.Sprintf("%d demands spare nobody", len(held[OK])))
}

// spared is right when one of those that make the demand spares nobody: all of
// them hold. Nothing demands what is not here.
func (h hub) spared(ctx context.Context, d demand, rules *github.BranchRules, classic *github.Protection) Seen {
	var all []Seen
	if rules != nil {
		for _, id := range d.rulesets(rules) {
			all = append(all, h.sparedBy(ctx, id))
		}
	}
	if classic != nil && d.classic(classic) {
		all = append(all, d.sparedByClassic(classic))
	}
	for _, v := range []Verdict{OK, Unseen, Wrong} {
		if i := slices.IndexFunc(all, func(s Seen) bool { return s.Verdict == v }); i >= 0 {
			return all[i]
		}
	}
	return nowhere("nothing demands it")
}

// together names once what several demands have in common.
func together(all []string) string {
	var out []string
	of := map[string][]string{}
	for _, each := range all {
		id, what, _ := strings.Cut(each, ": ")
		if of[what] == nil {
			out = append(out, what)
		}
		of[what] = append(of[what], id)
	}
	for i, what := range out {
		out[i] = strings.Join(of[what], ", ") + ": " + what
	}
	return strings.Join(out, "; ")
}
