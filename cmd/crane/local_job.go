package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"crane/internal/idtoken"
	"crane/internal/local/issuer"
)

// claims collects --claim NAME=VALUE.
type claims map[string]string

func (claims) String() string { return "" }

func (c claims) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return fmt.Errorf("--claim is NAME=VALUE, not %q", text)
	}
	c[name] = value
	return nil
}

// localJob prints the exports that make a shell a job of a workflow, as far as
// the local Cloudflare goes: whoever has them can ask the local issuer for
// tokens, as GitHub's jobs do. They open nothing but what is on this machine.
func (w world) localJob(ctx context.Context, args []string) error {
	workflow, changed := "promote", claims{}
	err := w.noArguments("local job", args, func(f *flag.FlagSet) {
		f.StringVar(&workflow, "workflow", workflow, "")
		f.Var(changed, "claim", "")
	})
	if err != nil {
		return err
	}
	of := map[string]func(string) issuer.Claims{"promote": issuer.Promotion, "deploy": issuer.Deployment}[workflow]
	if of == nil {
		return fmt.Errorf("%w: there is no workflow %q (there are promote and deploy)", errUsage, workflow)
	}
	l, s, err := w.here()
	if err != nil {
		return err
	}
	said := of(w.head(ctx, l))
	for name, value := range changed {
		said[name] = value
	}
	job, err := startJob(ctx, s, said)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "export %s=%s\n", idtoken.URLVariable, quoted(job.URL))
	fmt.Fprintf(w.stdout, "export %s=%s\n", idtoken.TokenVariable, quoted(job.Token))
	return nil
}
