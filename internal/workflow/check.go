package workflow

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"crane/stacks"
)

// Problem is one place that breaks one rule.
type Problem struct {
	File string
	// Line counts from 1; 0 means the whole file.
	Line int
	Rule Rule
	// Message says what is wrong, and what the rule wants.
	Message string
}

func (p Problem) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Rule, p.Message)
}

// Check holds workflows against the rules and the gate of production. It gives
// the problems in the order of the files.
func Check(files []File, gate stacks.Gate) []Problem {
	r := &review{gate: gate, policies: policies(gate)}
	for _, f := range files {
		r.file(f)
	}
	r.whole(files)
	r.closed(files)
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return r.problems
}

// review is a check on its way.
type review struct {
	gate     stacks.Gate
	policies map[string]policy
	problems []Problem
}

// place is a job that is looked at, with what it may be.
type place struct {
	file File
	job  Job
	duty duty
}

func (r *review) file(f File) {
	p, known := r.policies[f.Name]
	if !known {
		r.say(f, 0, Known, "no policy knows this file; a new workflow needs one")
	}
	r.starts(f, p)
	r.top(f)
	r.queued(f, f.line(), f.Concurrency, p.queue)
	r.expressions(f, p)
	for _, j := range f.Jobs {
		d, known := p.jobs[j.ID]
		if !known {
			r.say(f, j.Line, Known, "no policy knows the job %s", j.ID)
		}
		r.job(place{f, j, d})
	}
}

// whole wants the file and the job of every policy: what verifies is not taken
// away in silence.
func (r *review) whole(files []File) {
	for name, p := range r.policies {
		i := slices.IndexFunc(files, func(f File) bool { return f.Name == name })
		if i < 0 {
			r.say(File{Name: name}, 0, Known, "the workflow is gone")
			continue
		}
		for _, id := range slices.Sorted(maps.Keys(p.jobs)) {
			if !slices.ContainsFunc(files[i].Jobs, func(j Job) bool { return j.ID == id }) {
				r.say(files[i], 0, Known, "the job %s is gone", id)
			}
		}
	}
}

func (r *review) job(at place) {
	r.grants(at)
	r.environment(at)
	r.machine(at)
	r.queued(at.file, at.job.Line, at.job.Concurrency, at.duty.queue)
	r.called(at)
	r.needed(at)
	r.bare(at)
	r.listed(at)
	r.whose(at)
	for _, s := range at.job.Steps {
		r.action(at, s)
		r.script(at, s)
		r.regardless(at, s)
	}
}

func (r *review) say(f File, line int, rule Rule, format string, args ...any) {
	r.problems = append(r.problems, Problem{f.Name, line, rule, fmt.Sprintf(format, args...)})
}
