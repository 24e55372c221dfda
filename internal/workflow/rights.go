package workflow

import (
	"maps"
	"slices"
	"strings"
)

// line is where a file says what it is.
func (f File) line() int { return max(f.Title.Line, 1) }

// starts compares the triggers, in whatever order.
func (r *review) starts(f File, p policy) {
	var has []string
	line := f.line()
	for _, t := range f.Triggers {
		has, line = append(has, t.String()), t.Line
	}
	slices.Sort(has)
	if !slices.Equal(has, p.on) {
		r.say(f, line, Start, "it is started by %q, and may be by %q", has, p.on)
	}
}

// top wants every right and every variable where it is needed.
func (r *review) top(f File) {
	if p := f.Permissions; p.From == 0 || p.All != "" || len(p.Grants) > 0 {
		r.say(f, max(p.From, f.line()), Top, "permissions: {} has to stand at the top, and grants in the jobs")
	}
	if f.Defaults.Run.Shell.Text != "bash" {
		r.say(f, f.line(), Top, "the default shell has to be bash, not %q", f.Defaults.Run.Shell.Text)
	}
	if len(f.Env) > 0 {
		r.say(f, f.Env[0].Line, Top, "a variable stands in the step that needs it, not at the top")
	}
}

// grants wants a list of rights, none beyond the policy, each with a reason.
func (r *review) grants(at place) {
	p := at.job.Permissions
	if p.From == 0 || p.All != "" {
		r.say(at.file, max(p.From, at.job.Line), Grant, "the job %s has to list its permissions", at.job.ID)
	}
	for _, g := range p.Grants {
		if at.duty.grants[g.Name] != g.Text {
			r.say(at.file, g.Line, Grant, "the job %s may not have %s: %s", at.job.ID, g.Name, g.Text)
		}
		if len(strings.Fields(g.Comment)) < 3 {
			r.say(at.file, g.Line, Grant, "%s: %s has to say why, in a comment", g.Name, g.Text)
		}
	}
}

// environment wants the one of the policy. GitHub does not tell the case of its
// names apart.
func (r *review) environment(at place) {
	if e := at.job.Environment; e.Text != at.duty.environment {
		r.say(at.file, max(e.Line, at.job.Line), Environment, "the job %s is in the environment %q, and has to be in %q", at.job.ID, e.Text, at.duty.environment)
	}
}

// closed wants one job in production's environment, whatever the policies say.
func (r *review) closed(files []File) {
	var in []string
	for _, f := range files {
		for _, j := range f.Jobs {
			if strings.EqualFold(j.Environment.Text, r.gate.Promote.Environment) {
				in = append(in, f.Name)
			}
		}
	}
	if !slices.Equal(in, []string{r.gate.Promote.File}) {
		r.say(File{Name: r.gate.Promote.File}, 0, Environment, "one job of %s has to be in %s, and no other; it is named in %q", r.gate.Promote.File, r.gate.Promote.Environment, in)
	}
}

// writes reports whether a job may change anything, or sign.
func (j Job) writes() bool {
	return j.Permissions.All == "write-all" || slices.ContainsFunc(slices.Collect(maps.Values(granted(j))), func(level string) bool { return level == "write" })
}

func granted(j Job) map[string]string {
	all := map[string]string{}
	for _, g := range j.Permissions.Grants {
		all[g.Name] = g.Text
	}
	return all
}

// holds reports whether there is something in a job that another must not reach.
func (j Job) holds() bool { return j.writes() || j.Environment.Text != "" }
