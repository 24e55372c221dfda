package lint

import (
	"slices"
	"strings"

	"crane/internal/statement"
)

// mark is what an acknowledgement begins with: -- crane:accept <rule> <reason>.
const mark = "crane:accept"

var acceptance = []Rule{{
	ID: "bad-accept", Level: Error,
	Sentence: "An acknowledgement names a rule of level risk that the file has a finding of, and gives a reason.",
	Rewrite:  "-- crane:accept <rule> <reason>, or nothing",
	Case:     Example{users, twoUsers, "-- crane:accept delete-rows the rows are old\nALTER TABLE users ADD COLUMN a TEXT;\n", "ok", "ok"},
	Near:     Example{users, twoUsers, "-- crane:accept delete-rows the rows are old\nDELETE FROM users WHERE id = 1;\n", "ok", "loses users"},
}}

// accept gives the findings the reasons that the file has for them.
func (c *checker) accept() {
	bad := reporter{c, ruleOf("bad-accept")}
	for _, comment := range statement.Comments(c.file.SQL) {
		rest, ours := strings.CutPrefix(strings.TrimSpace(strings.TrimLeft(comment.Text, "-")), mark)
		if !ours {
			continue
		}
		if problem := c.acceptOne(rest); problem != "" {
			bad.place(comment.Line, comment.Column, "%s", problem)
		}
	}
}

// acceptOne gives what is wrong with an acknowledgement, or applies it.
func (c *checker) acceptOne(rest string) string {
	id, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
	rule := ruleOf(id)
	switch reason = strings.TrimSpace(reason); {
	case rule == nil:
		return "there is no rule " + quoted(id) + "; there are: " + strings.Join(ids(), ", ")
	case rule.Level == Error:
		return id + " cannot be acknowledged"
	case reason == "":
		return "gives no reason for " + id
	}
	found := false
	for i := range c.findings {
		if c.findings[i].Rule == id {
			c.findings[i].Accepted, found = reason, true
		}
	}
	if !found && !c.stopped {
		return "the file has no finding of " + id
	}
	return ""
}

// covered are the counted tables whose loss is acknowledged.
func (c *checker) covered() []string {
	var names []string
	for _, f := range c.findings {
		for _, name := range f.Tables {
			if f.Accepted != "" && c.counted[name] && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}
