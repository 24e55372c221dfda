// Command infra is the Pulumi program: it turns the fleet of package stacks
// into resources on the selected stack. The CLI runs it; `pulumi up` is how to.
package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"github.com/pulumi/pulumi/sdk/v3/go/common/constant"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"crane/internal/hint"
	"crane/internal/project"
	"crane/internal/redact"
	"crane/internal/secrets"
	"crane/stacks"
)

func main() {
	debug.SetGCPercent(400) // it lives for a second: memory for time
	p := program{fleet: stacks.Default(), environ: os.Environ(), dir: ".", redactor: &redact.Redactor{}}
	told := false
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		err := p.run(ctx)
		told = err != nil && p.tell(ctx, err) == nil
		return err
	}, func(info *pulumi.RunInfo) {
		p.config, p.preview = info.Config, info.DryRun
	})
	if err == nil {
		return
	}
	if !told {
		fmt.Fprintln(os.Stderr, p.words(err))
	}
	os.Exit(constant.ExitStatusLoggedError) // anything else makes the CLI add an error of its own
}

// tell has the engine show an error and its hint.
func (p program) tell(ctx *pulumi.Context, err error) error {
	return ctx.Log.Error(p.words(err), nil)
}

// words are an error and its hint, without what was fetched.
func (p program) words(err error) string {
	text := err.Error()
	if next := hint.Of(err); next != "" {
		text += "\nhint: " + next
	}
	return p.redactor.String(text)
}

// program is what the outside world gives the program.
type program struct {
	fleet    stacks.Fleet
	config   map[string]string
	preview  bool
	environ  []string
	dir      string // in the project, or below it
	redactor *redact.Redactor
	source   secrets.Source // nil means as configured
}

// open is where the secrets come from.
func (p program) open(declared secrets.Declared) (secrets.Source, error) {
	if p.source != nil {
		return p.source, nil
	}
	return declared.Open(secrets.Outside{Environ: p.environ, Preview: p.preview, Redactor: p.redactor})
}

// run goes from config to fleet to components to exports. Everything that can
// be refused is refused before the first resource is registered.
func (p program) run(ctx *pulumi.Context) error {
	root, err := project.Root(p.dir)
	if err != nil {
		return err
	}
	stack, err := stacks.Lookup(ctx.Stack())
	if err != nil {
		return hint.Wrap(err, "pulumi stack select staging")
	}
	admission, err := p.gate(ctx.Context(), stack, root)
	if err != nil {
		return err
	}
	s, err := decode(p.config)
	if err != nil {
		return err
	}
	plan, err := p.plan(ctx.Context(), root, stack, s, admission)
	if err != nil {
		return err
	}
	return plan.provision(ctx)
}
