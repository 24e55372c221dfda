package workflow

import (
	"regexp"
	"slices"
	"strings"
)

const crane = ".crane/bin/crane"

// programs are what a step may start, each on a laptop too.
var programs = []string{crane, "make", "git", "mkdir", "cp", "cat"}

// verbs are those of crane's that a workflow has a use for; down is not one.
var verbs = []string{"comment", "fetch", "inspect", "issue", "migrate", "preview", "preview-state", "promote", "release", "up"}

var (
	operator = regexp.MustCompile("[;|&`\n]|\\$\\((?:[^c]|c[^a]|ca[^t])")
	later    = regexp.MustCompile(`GITHUB_(ENV|PATH|STATE)\b|::(set-env|add-path|set-output)`)
)

// script wants commands that end with the first that fails, without program text
// from outside, and without effect on the steps after it.
func (r *review) script(at place, s Step) {
	if s.Shell.Line > 0 {
		r.say(at.file, s.Shell.Line, Command, "a step has the shell of the workflow, not one of its own")
	}
	if s.Run.Line == 0 {
		return
	}
	if strings.Contains(s.Run.Text, "${{") {
		r.say(at.file, s.Run.Line, Injection, "an expression in run becomes program text; it has to go through env")
		return
	}
	if later.MatchString(s.Run.Text) {
		r.say(at.file, s.Run.Line, Leak, "what is written there reaches every later step")
	}
	for _, command := range s.commands() {
		r.command(at, s, command)
	}
}

func (r *review) command(at place, s Step, command string) {
	words := strings.Fields(command)
	if len(words) == 0 || !slices.Contains(programs, words[0]) || operator.MatchString(command) {
		r.say(at.file, s.Run.Line, Command, "%q is not one command of %s", command, strings.Join(programs, ", "))
	} else if words[0] == crane && (len(words) == 1 || !slices.Contains(verbs, words[1])) {
		r.say(at.file, s.Run.Line, Command, "%q is not crane with a verb of %s", command, strings.Join(verbs, ", "))
	}
}

// commands are those of a run, which end with the first that fails.
func (s Step) commands() []string { return strings.Split(strings.TrimSpace(s.Run.Text), " && ") }

// Verb is the verb of crane's that a step runs, empty when it runs another
// program.
func (s Step) Verb() string {
	words := strings.Fields(s.Run.Text)
	if len(words) < 2 || words[0] != crane || len(s.commands()) > 1 {
		return ""
	}
	return words[1]
}
