package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"crane/internal/doctor"
	"crane/internal/hint"
	"crane/stacks"
)

const inspectUsage = `
usage: crane inspect [--markdown FILE]

Looks at everything that may go wrong by itself, and changes nothing: crane
drift, crane migrate status and crane doctor, one after the other, each to its
end. A workflow does it every night.

  --markdown  also writes what they said to FILE, as Markdown

It exits with 1 when staging is not what its state says, a database is not what
its migrations make, or a setting is wrong, and with 3 when nothing is wrong of
what was seen, but a setting was not. What is weak is shown and is no failure.

Example:
  crane inspect
`

// errWrong means that something which was looked at is wrong, or could not be
// looked at.
var errWrong = errors.New("not everything is as it should be")

// inspection is one thing that is looked at.
type inspection struct {
	title, verb string
	look        func(w world, ctx context.Context, args []string) error
	args        []string

	said string
	err  error
}

func inspections() []*inspection {
	return []*inspection{
		{title: "Staging and its state", verb: "crane drift", look: world.drift},
		{title: "Staging's migrations", verb: "crane migrate status", look: world.migrate, args: []string{"status"}},
		{title: "Settings", verb: "crane doctor", look: world.doctor},
	}
}

func (w world) inspect(ctx context.Context, args []string) error {
	var markdown string
	if err := w.noArguments("inspect", args, func(f *flag.FlagSet) { f.StringVar(&markdown, "markdown", "", "") }); err != nil {
		return err
	}
	all := inspections()
	for _, i := range all {
		i.carryOut(w, ctx)
		fmt.Fprintf(w.stdout, "%s (%s)\n%s\n", i.title, i.verb, indented(i.said))
	}
	var err error
	if markdown != "" {
		err = os.WriteFile(markdown, []byte(w.redactor.String(inspectionText(all))), 0o644)
	}
	return errors.Join(err, wrong(all))
}

// carryOut runs the verb as a shell would, and keeps what it says.
func (i *inspection) carryOut(w world, ctx context.Context) {
	var said bytes.Buffer
	w.stdout, w.stderr, w.names = &said, &said, &said
	i.err = i.look(w, ctx, i.args)
	if !i.fine() {
		w.report(i.err, verb{})
	}
	if said.Len() == 0 {
		said.WriteString("nothing to say\n")
	}
	i.said = strings.TrimRight(said.String(), "\n")
}

// fine is what needs nobody: right, or as weak as it is declared.
func (i *inspection) fine() bool { return i.err == nil || errors.Is(i.err, doctor.ErrWeak) }

// unseen is what could be right.
func (i *inspection) unseen() bool { return errors.Is(i.err, doctor.ErrUnseen) }

func (i *inspection) mark() string {
	switch {
	case i.fine():
		return "as it should be"
	case i.unseen():
		return "**not all of it was seen**"
	}
	return "**wrong**"
}

// wrong is the error of all together: what is unseen counts when nothing is wrong.
func wrong(all []*inspection) error {
	var verbs []string
	var unseen error
	for _, i := range all {
		switch {
		case i.unseen():
			unseen = i.err
		case !i.fine():
			verbs = append(verbs, i.verb)
		}
	}
	if len(verbs) == 0 {
		return unseen
	}
	return hint.Wrap(fmt.Errorf("%w: see what %s said", errWrong, strings.Join(verbs, ", ")), verbs[0])
}

// inspectionText is the report.
func inspectionText(all []*inspection) string {
	var out strings.Builder
	fmt.Fprintf(&out, "## %s and the settings around it\n", stacks.Staging.Name)
	for _, i := range all {
		fmt.Fprintf(&out, "\n### %s: %s\n\n`%s` says:\n\n~~~text\n%s\n~~~\n", i.title, i.mark(), i.verb, strings.ReplaceAll(i.said, "~~~", "~ ~ ~"))
	}
	return out.String()
}
