package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"crane/internal/project"
	"crane/internal/redact"
	"crane/internal/toolchain"
	"crane/stacks"
)

// world is everything outside that a verb touches.
type world struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        func() []string
	getwd          func() (string, error)
	executable     func() (string, error)
	// redactor keeps what was fetched out of stdout and stderr. What goes to
	// names, past it, is names, words and digests only: with a value that is a
	// word of theirs they would say something else.
	redactor *redact.Redactor
	names    io.Writer
}

// The errors of the command line itself.
var (
	// errUsage means that the command was not understood; nothing was done.
	errUsage = errors.New("usage")
	// errUnhealthy means that what runs is not what it should be.
	errUnhealthy = errors.New("not healthy")
	// errStale means that a generated file is not what it would be generated as.
	errStale = errors.New("stale")
	// errPulumi means that Pulumi failed and has said why.
	errPulumi = errors.New("pulumi failed")
)

// verb is one command: a name, one line of help, a usage with examples.
type verb struct {
	name, short, usage string
	run                func(w world, ctx context.Context, args []string) error
}

// verbs are the commands there are, in the order of the help text.
func verbs() []verb {
	return []verb{
		{"up", "bring up staging and show what runs", upUsage, world.up},
		{"down", "destroy staging and stop the local Cloudflare", downUsage, world.down},
		{"recover", "make staging whole after an interrupted update", recoverUsage, world.recover},
		{"status", "show what runs on staging and production", statusUsage, world.status},
		{"drift", "compare the state of staging with what exists", driftUsage, world.drift},
		{"doctor", "hold real settings against what is declared", doctorUsage, world.doctor},
		{"inspect", "look at drift, migrations and settings at once", inspectUsage, world.inspect},
		{"migrate", "plan, check and apply the migrations of staging", migrateUsage, world.migrate},
		{"preview", "show what an update of both stacks would change", previewUsage, world.preview},
		{"preview-state", "write and read states without secrets", previewStateUsage, world.previewState},
		{"release", "write the receipt of what staging has verified", releaseUsage, world.release},
		{"promote", "promote what staging has verified to production", promoteUsage, world.promote},
		{"fetch", "fetch what the workflows have published", fetchUsage, world.fetch},
		{"comment", "keep one comment on a pull request", commentUsage, world.comment},
		{"issue", "keep one issue of what is not right", issueUsage, world.issue},
		{"secrets", "check and compare the secrets of the stacks", secretsUsage, world.secrets},
		{"env", "print the exports that point a shell at staging", envUsage, world.env},
		{"local", "start, stop and look at the local Cloudflare", localUsage, world.local},
		{"generate", "write the files that follow from the fleet", generateUsage, world.generate},
		{"tools", "find or build the tools", toolsUsage, world.tools},
	}
}

// run does one command and returns the exit code: 0, 1 for a failure, 2 for a
// command that was not understood, 3 for what may be right and is not known to be.
func (w world) run(ctx context.Context, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		return w.help(args)
	}
	for _, v := range verbs() {
		if v.name == args[0] {
			return w.report(v.run(w, ctx, args[1:]), v)
		}
	}
	w.say("error", fmt.Sprintf("%q is no command of crane", args[0]))
	w.say("hint", "crane help")
	return 2
}

// flags parses a verb's flags. Whatever is wrong is errUsage.
func (w world) flags(name string, args []string, define func(*flag.FlagSet)) ([]string, error) {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	define(set)
	err := set.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return set.Args(), nil
}

// noArguments refuses what a verb would silently ignore.
func (w world) noArguments(name string, args []string, define func(*flag.FlagSet)) error {
	rest, err := w.flags(name, args, define)
	if err == nil && len(rest) > 0 {
		return fmt.Errorf("%w: crane %s takes no argument %q", errUsage, name, rest[0])
	}
	return err
}

// layout finds the project from the current folder.
func (w world) layout() (project.Layout, error) {
	dir, err := w.getwd()
	if err != nil {
		return project.Layout{}, err
	}
	root, err := project.Root(dir)
	return project.Layout{Root: root}, err
}

// here finds the project and reads where staging is.
func (w world) here() (project.Layout, project.Settings, error) {
	l, err := w.layout()
	if err != nil {
		return l, project.Settings{}, err
	}
	s, err := l.ReadSettings(stacks.Staging.Name)
	return l, s, err
}

func (w world) getenv(name string) string {
	for _, pair := range w.environ() {
		if key, value, ok := strings.Cut(pair, "="); ok && key == name {
			return value
		}
	}
	return ""
}

func (w world) toolchain(l project.Layout) toolchain.Toolchain {
	return toolchain.Toolchain{Layout: l, Path: w.getenv("PATH"), Home: w.getenv("HOME"), Progress: w.stderr}
}
