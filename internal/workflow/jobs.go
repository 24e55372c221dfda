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

// needed wants that a job waits for the one of its policy, and that only the
// comment has a condition: one with always() would deploy what was not verified.
func (r *review) needed(at place) {
	if want := at.duty.needs; want != "" && !slices.Equal(at.job.Needs, Names{want}) {
		r.say(at.file, at.job.Line, Needs, "the job %s needs %q, and has to need %q", at.job.ID, at.job.Needs, want)
	}
	if i := at.job.If; i.Line > 0 && at.job.holds() && !comments(at.job) {
		r.say(at.file, i.Line, Regardless, "the job %s holds something, and may have no condition", at.job.ID)
	}
}

// comments reports whether a job is the one that writes to a pull request.
func comments(j Job) bool { return granted(j)["pull-requests"] == "write" }

// whose wants that a job which may write checks main out when a pull request
// starts it, and that no other job checks out what somebody names.
func (r *review) whose(at place) {
	if comments(at.job) {
		r.commented(at)
	}
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

// commented wants a comment on what was refused too, none on what was overtaken,
// and no try at one for a fork, whose token cannot write.
func (r *review) commented(at place) {
	text := strings.Join(strings.Fields(at.job.If.Text), " ")
	if !strings.Contains(text, whenFinished) || !strings.Contains(text, " && "+sameProject) || strings.Count(text, "||") != 1 {
		r.say(at.file, max(at.job.If.Line, at.job.Line), Whose, "the job %s has to run if %s && %s", at.job.ID, whenFinished, sameProject)
	}
}
