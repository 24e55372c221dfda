package workflow

import "regexp"

var minutes = regexp.MustCompile(`^([1-9]|[1-5][0-9]|60)$`)

// machine wants GitHub's own, which keeps nothing of the job before.
func (r *review) machine(at place) {
	j := at.job
	if j.Uses.Line > 0 {
		return
	}
	if j.RunsOn.Text != "ubuntu-24.04" {
		r.say(at.file, max(j.RunsOn.Line, j.Line), Machine, "the job %s runs on %q, and has to on ubuntu-24.04", j.ID, j.RunsOn.Text)
	}
	if !minutes.MatchString(j.Timeout.Text) {
		r.say(at.file, max(j.Timeout.Line, j.Line), Machine, "the job %s has no timeout-minutes from 1 to 60", j.ID)
	}
}

// queued compares a concurrency group.
func (r *review) queued(f File, line int, c Concurrency, want queue) {
	if has := (queue{c.Group.Text, c.Cancel.Text}); has != want {
		r.say(f, max(c.Group.Line, line), Queue, "the concurrency is %q, cancel-in-progress %q, and has to be %q, %q", has.group, has.cancel, want.group, want.cancel)
	}
}
