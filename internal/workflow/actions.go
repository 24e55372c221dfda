package workflow

import (
	"regexp"
	"slices"
	"strings"
)

// The actions that there may be.
const (
	checkout  = "actions/checkout@"
	setupGo   = "actions/setup-go@"
	setupNode = "actions/setup-node@"
	upload    = "actions/upload-artifact@"
	download  = "actions/download-artifact@"
)

// takes are the inputs that each action may have.
var takes = map[string][]string{
	checkout:  {"persist-credentials", "fetch-depth", "ref"},
	setupGo:   {"go-version-file", "cache"},
	setupNode: {"node-version", "cache", "cache-dependency-path", "package-manager-cache"},
	upload:    {"name", "path", "include-hidden-files", "if-no-files-found", "overwrite", "retention-days"},
	download:  {"name", "path"},
}

// told are the inputs that each has to have. An artifact is looked for under a
// folder with a dot, and may be that of a second attempt.
var told = map[string]map[string]string{
	checkout:  {"persist-credentials": "false"},
	setupGo:   {"go-version-file": "go.mod"},
	setupNode: {"node-version": "20"},
	upload:    {"include-hidden-files": "true", "if-no-files-found": "error", "overwrite": "true", "retention-days": "90"},
	download:  {"path": ".crane/comment"},
}

// apart are the inputs with which an action takes nothing that another job wrote.
var apart = map[string]string{setupGo: "cache", setupNode: "package-manager-cache"}

var (
	pinned  = regexp.MustCompile(`^[\w.-]+/[\w.-]+@[0-9a-f]{40}$`)
	version = regexp.MustCompile(`^# v\d+\.\d+\.\d+$`)
)

// action wants one of the list, of one commit.
func (r *review) action(at place, s Step) {
	if s.Uses.Line == 0 {
		return
	}
	name := s.Uses.Text[:strings.Index(s.Uses.Text, "@")+1]
	if _, ok := takes[name]; !ok || !pinned.MatchString(s.Uses.Text) || !version.MatchString(s.Uses.Comment) {
		r.say(at.file, s.Uses.Line, Pin, "%s %s is not one of the actions here, by the 40 digits of a commit with # vX.Y.Z behind", s.Uses.Text, s.Uses.Comment)
		return
	}
	r.inputs(at, s, name)
	if at.job.holds() {
		r.foreign(at, s, name)
	}
}

// inputs wants those of the lists.
func (r *review) inputs(at place, s Step, name string) {
	for _, input := range s.With {
		if !slices.Contains(takes[name], input.Name) {
			r.say(at.file, input.Line, Input, "%s is not to be told %s", name, input.Name)
		}
	}
	for input, want := range told[name] {
		if got := s.With.Get(input); got.Text != want {
			r.say(at.file, max(got.Line, s.Line), Input, "%s has to be told %s: %s", name, input, want)
		}
	}
}

// foreign wants no cache and no artifact of another job where something is held.
func (r *review) foreign(at place, s Step, name string) {
	off, caches := apart[name]
	if caches && (s.With.Get(off).Text != "false" || name == setupNode && s.With.Get("cache").Line > 0) {
		r.say(at.file, s.Line, Foreign, "the job %s takes no cache: %s: false", at.job.ID, off)
	}
	if name == download && !comments(at.job) {
		r.say(at.file, s.Line, Foreign, "the job %s takes no artifact of another job", at.job.ID)
	}
}
