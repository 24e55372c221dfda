package main

import (
	"context"
	"flag"
	"io"
	"regexp"

	"crane/stacks"
)

const downUsage = `
usage: crane down

Destroys everything staging has on the local Cloudflare, its data included, and
stops the local Cloudflare. It refuses when staging is live: there, say
` + "`pulumi destroy -s staging`" + ` yourself.

Example:
  crane down
`

func (w world) down(ctx context.Context, args []string) error {
	if err := w.noArguments("down", args, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	if _, err := w.startLocal(ctx, l); err != nil { // refuses a live staging
		return err
	}
	err = w.whole(ctx, l, func() error {
		return w.pulumi(ctx, l, &withoutAdvice{to: w.stderr}, nil, "destroy", "--stack", stacks.Staging.Name,
			"--yes", "--skip-preview", "--non-interactive")
	})
	if err != nil {
		return err
	}
	return w.local(ctx, []string{"stop"})
}

// withoutAdvice drops Pulumi's last words after a destroy. They advise `pulumi
// stack rm`, which would delete Pulumi.staging.yaml, a file of the repository.
type withoutAdvice struct {
	to   io.Writer
	line []byte
}

func (a *withoutAdvice) Write(p []byte) (int, error) {
	for _, c := range p {
		a.line = append(a.line, c)
		if c != '\n' {
			continue
		}
		if !advice.Match(a.line) {
			if _, err := a.to.Write(a.line); err != nil {
				return 0, err
			}
		}
		a.line = a.line[:0]
	}
	return len(p), nil
}

var advice = regexp.MustCompile("^(The resources in the stack have been deleted|If you want to remove the stack completely)")
