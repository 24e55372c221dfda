package workflow

import (
	"maps"
	"slices"
	"strings"
)

// listed wants the steps of the table. Of one job it says the first that is
// another one; what follows it has no place to be compared with.
func (r *review) listed(at place) {
	has, want := at.job.Steps, at.duty.steps
	for i, s := range has {
		if i == len(want) {
			r.say(at.file, s.Line, Listed, "the job %s ends before %q", at.job.ID, s.does())
			return
		}
		if s.does() != want[i].does {
			r.say(at.file, s.Line, Listed, "the job %s does %q, and has to do %q here", at.job.ID, s.does(), want[i].does)
			return
		}
		r.like(at, s, want[i])
	}
	if len(has) < len(want) {
		r.say(at.file, at.job.Line, Listed, "the job %s ends, and has to do %q", at.job.ID, want[len(has)].does)
	}
}

// like wants the condition and the variables of the table.
func (r *review) like(at place, s Step, want step) {
	if s.If.Text != braced(want.when) {
		r.say(at.file, max(s.If.Line, s.Line), When, "%q runs if %q, and has to if %q", want.does, s.If.Text, braced(want.when))
	}
	for _, variable := range s.Env {
		value, listed := want.env[variable.Name]
		if !listed || variable.Text != braced(value) {
			r.say(at.file, variable.Line, Env, "%s of %q is %q, and may be %q", variable.Name, want.does, variable.Text, braced(value))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want.env)) {
		if s.Env.Get(name).Line == 0 {
			r.say(at.file, s.Line, Env, "%q has to have the variable %s", want.does, name)
		}
	}
}

// braced is an expression as it has to stand in the file: a condition with
// anything around its braces would be a text, which is true.
func braced(expression string) string {
	if expression == "" {
		return ""
	}
	return "${{ " + expression + " }}"
}

// does is the step as the table has it. A step that is both, or neither, is in no
// table.
func (s Step) does() string {
	if s.Uses.Line == 0 {
		return s.Run.Text
	}
	name, _, _ := strings.Cut(s.Uses.Text, "@")
	words := []string{name + "@", s.With.Get("name").Text, s.With.Get("path").Text}
	return strings.TrimRight(strings.Join(words, " "), " ") + s.Run.Text
}
