package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"crane/internal/scratch"
)

// Verdict is what is to be said of one file.
type Verdict struct {
	File string
	// Findings are in the order of the text.
	Findings []Finding
	// Counted are the tables of the database whose rows the file may make fewer,
	// by their names before it as they are spelt. A guard counts them before and
	// after: one that is not covered must have as many.
	Counted []string
	// After says how each counted table is spelt after the file; empty when it is
	// gone. Its keys are those of Counted.
	After map[string]string
	// Covered are the counted tables whose loss the file acknowledges.
	Covered []string
	// Before and Now are the foreign keys, before and after the file, from or to
	// the tables whose rows it may change. A guard counts their orphans.
	Before, Now []Reference
}

// Refused tells that the file must not be applied.
func (v Verdict) Refused() bool { return slices.ContainsFunc(v.Findings, Finding.Refuses) }

// String is one line for a preview.
func (v Verdict) String() string {
	if v.Refused() {
		return v.refusals()
	}
	if accepted := v.accepted(); len(accepted) > 0 {
		return "accepted: " + strings.Join(accepted, ", ")
	}
	switch n := len(v.Findings); n {
	case 0:
		return "ok"
	case 1:
		return "ok, 1 note"
	default:
		return fmt.Sprintf("ok, %d notes", n)
	}
}

func (v Verdict) refusals() string {
	var places []string
	for _, f := range v.Findings {
		if place := fmt.Sprintf("%s at %d:%d", f.Rule, f.Line, f.Column); f.Refuses() && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	return "refused: " + strings.Join(places, ", ")
}

func (v Verdict) accepted() []string {
	var rules []string
	for _, f := range v.Findings {
		if text := fmt.Sprintf("%s (%s)", f.Rule, f.Accepted); f.Accepted != "" && !slices.Contains(rules, text) {
			rules = append(rules, text)
		}
	}
	return rules
}

// verdict closes a file.
func (c *checker) verdict() Verdict {
	c.accept()
	slices.SortStableFunc(c.findings, func(a, b Finding) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column, strings.Compare(a.Rule, b.Rule), strings.Compare(a.Message, b.Message))
	})
	v := Verdict{File: c.file.Name, Findings: c.findings, Counted: c.spelt(sorted(c.counted)), After: map[string]string{}, Covered: c.spelt(c.covered())}
	for name := range c.counted {
		v.After[spelling(c.start, name)] = spelling(c.now, c.nameAfter(name))
	}
	for i := range v.Findings {
		v.Findings[i].Table = spelling(c.start, v.Findings[i].Table)
		v.Findings[i].Tables = c.spelt(v.Findings[i].Tables)
	}
	if touched := c.touched(); len(touched) > 0 {
		v.Before, v.Now = references(c.start, touched), references(c.now, touched)
	}
	return v
}

// spelt are names before the file as they are spelt.
func (c *checker) spelt(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, spelling(c.start, name))
	}
	return all
}

// spelling is a table's name as it was made.
func spelling(at *scratch.Snapshot, name string) string {
	if t := at.Tables[name]; t != nil {
		return t.Name
	}
	return name
}

// unchecked is the verdict on a file after one that was refused.
func unchecked(f File, after string) Verdict {
	rule := ruleOf("refused")
	return Verdict{File: f.Name, After: map[string]string{}, Findings: []Finding{{
		File: f.Name, Line: 1, Column: 1, Rule: rule.ID, Level: rule.Level,
		Message: "is not checked, because it comes after " + after, Rewrite: "mend " + after + " first",
	}}}
}
