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
	"crane/internal/secrets"
	"crane/stacks"
)

func main() {
	debug.SetGCPercent(400) // it lives for a second: memory for time
	var p program
	told := false
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		err := p.run(ctx)
		told = err != nil && tell(ctx, err) == nil
		return err
	}, func(info *pulumi.RunInfo) {
		p = program{fleet: stacks.Default(), config: info.Config, clientSecret: os.Getenv("CRANE_INFISICAL_CLIENT_SECRET"), dir: "."}
	})
	if err == nil {
		return
	}
	if !told {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(constant.ExitStatusLoggedError) // anything else makes the CLI add an error of its own
}

// tell has the engine show an error and its hint.
func tell(ctx *pulumi.Context, err error) error {
	text := err.Error()
	if next := hint.Of(err); next != "" {
		text += "\nhint: " + next
	}
	return ctx.Log.Error(text, nil)
}

// program is what the outside world gives the program.
type program struct {
	fleet        stacks.Fleet
	config       map[string]string
	clientSecret string
	dir          string         // in the project, or below it
	source       secrets.Source // nil means Infisical, as configured
}

// run goes from config to fleet to components to exports. Everything that can
// be refused is refused before the first resource is registered.
func (p program) run(ctx *pulumi.Context) error {
	stack, err := stacks.Lookup(ctx.Stack())
	if err != nil {
		return hint.Wrap(err, "pulumi stack select staging")
	}
	if err := closed(stack, ctx.DryRun()); err != nil {
		return err
	}
	s, err := decode(p.config)
	if err != nil {
		return err
	}
	root, err := project.Root(p.dir)
	if err != nil {
		return err
	}
	plan, err := p.plan(ctx.Context(), root, stack, s)
	if err != nil {
		return err
	}
	return plan.provision(ctx)
}
