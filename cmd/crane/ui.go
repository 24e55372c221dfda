package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"

	"crane/internal/doctor"
	"crane/internal/hint"
)

// This file is what crane says. The rules are:
//   - Results go to standard output; everything else goes to standard error.
//   - A failure is one line "error: …", lower case, no full stop: what happened
//     and what was left unchanged. Then "hint: …": the next command.
//   - Success is quiet, lines fit 100 columns, and no secret is ever printed.

func (w world) say(prefix, text string) {
	fmt.Fprintf(w.stderr, "%s: %s\n", prefix, text)
}

// report prints an error, once, and turns it into an exit code.
func (w world) report(err error, v verb) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(w.stdout, strings.TrimLeft(v.usage, "\n"))
		return 0
	case errors.Is(err, errUsage):
		w.say("error", strings.TrimPrefix(err.Error(), "usage: "))
		w.say("hint", "crane help "+v.name)
		return 2
	}
	w.say("error", err.Error())
	if next := hint.Of(err); next != "" {
		w.say("hint", next)
	}
	if errors.Is(err, doctor.ErrWeak) || errors.Is(err, doctor.ErrUnseen) {
		return 3
	}
	return 1
}

// help prints the list of commands, or one command's usage.
func (w world) help(args []string) int {
	if len(args) == 2 {
		for _, v := range verbs() {
			if v.name == args[1] {
				return w.report(flag.ErrHelp, v)
			}
		}
	}
	fmt.Fprint(w.stdout, "crane: two Cloudflare environments, safe by default\n\nusage: crane COMMAND [flags]\n\n")
	for _, v := range verbs() {
		fmt.Fprintf(w.stdout, "  %-13s %s\n", v.name, v.short)
	}
	fmt.Fprint(w.stdout, "\n`crane help COMMAND` shows a command's flags and examples.\n")
	return 0
}
