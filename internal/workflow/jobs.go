package workflow

import (
	"slices"
	"strings"
)

// called wants that a job is steps, or the workflow of its policy.
func (r *review) called(at place) {
	if at.job.Uses.Text != at.duty.calls {
		r.say(at.file, max(at.job.Uses.Line, at.job.Line), Call, "the job %s calls %q, and may call %q", at.job.ID, at.job.Uses.Text, at.duty.calls)
	}
	if s := at.job.Secrets; s.Line > 0 {
		r.say(at.file, s.Line, Secret, "the job %s passes secrets on", at.job.ID)
	}
}

// needed wants that a job waits for the one of its policy, under its condition: one
// with always() would deploy what was not verified, one with false verify nothing.
func (r *review) needed(at place) {
	var want Names
	if at.duty.needs != "" {
		want = Names{at.duty.needs}
	}
	if !slices.Equal(at.job.Needs, want) {
		r.say(at.file, at.job.Line, Needs, "the job %s needs %q, and has to need %q", at.job.ID, at.job.Needs, want)
	}
	if i := at.job.If; i.Text != braced(at.duty.when) {
		r.say(at.file, max(i.Line, at.job.Line), When, "the job %s runs if %q, and has to if %q", at.job.ID, i.Text, braced(at.duty.when))
	}
}

// bare wants that a job gives its steps no variable, and no other name to a status
// check than its id: a branch that requires verify would take any job of that name.
func (r *review) bare(at place) {
	if len(at.job.Env) > 0 {
		r.say(at.file, at.job.Env[0].Line, Env, "a variable stands in the step that needs it, not in the job %s", at.job.ID)
	}
	if n := at.job.Name; n.Line > 0 {
		r.say(at.file, n.Line, Known, "the job %s goes by its id, not by the name %q", at.job.ID, n.Text)
	}
}

// comments reports whether a job is the one that writes to a pull request.
func comments(j Job) bool { return granted(j)["pull-requests"] == "write" }

// whose wants that a job which may write checks main out when a pull request
// starts it, and that no other job checks out what somebody names.
func (r *review) whose(at place) {
	want := ""
	if comments(at.job) {
		want = "${{ " + base + " }}"
	}
	for _, s := range at.job.Steps {
		if ref := s.With.Get("ref"); strings.HasPrefix(s.Uses.Text, checkout) && ref.Text != want {
			r.say(at.file, max(ref.Line, s.Line), Whose, "the job %s checks out %q, and has to check out %q", at.job.ID, ref.Text, want)
		}
	}
}
