package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"crane/internal/hint"
	"crane/internal/idtoken"
	"crane/internal/local/atomicfile"
	"crane/internal/previewstate"
	"crane/internal/project"
	"crane/internal/secrets"
	"crane/stacks"
)

const previewStateUsage = `
usage: crane preview-state export STACK [--into DIR]
       crane preview-state import STACK FILE

A preview state is a stack's state without anything secret: from it anybody can
preview what an update would change, with no token, no passphrase and no secret.
The workflows publish one after each update; crane preview reads them.

  export  writes DIR/STACK.json, .crane/preview/STACK.json by default. It reads
          the state and the secrets as the job that deploys, and refuses, with
          nothing written, when a known secret is left in it in any form, or
          anything that looks like one
  import  puts FILE into a throwaway backend below .crane/preview, and prints
          the exports with which a shell previews from there

Examples:
  crane preview-state export staging
  crane preview-state import staging .crane/preview/staging.json
`

func (w world) previewState(ctx context.Context, args []string) error {
	sub := map[string]func(context.Context, []string) error{"export": w.previewStateExport, "import": w.previewStateImport}
	rest, err := w.flags("preview-state", args, func(*flag.FlagSet) {})
	if err != nil {
		return err
	}
	if len(rest) == 0 || sub[rest[0]] == nil {
		return fmt.Errorf("%w: crane preview-state needs export or import", errUsage)
	}
	return sub[rest[0]](ctx, rest[1:])
}

func (w world) previewStateExport(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%w: crane preview-state export needs a stack", errUsage)
	}
	var into string
	if err := w.noArguments("preview-state export", args[1:], func(f *flag.FlagSet) { f.StringVar(&into, "into", "", "") }); err != nil {
		return err
	}
	stack, err := stacks.Lookup(args[0])
	if err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	export, err := w.openState(ctx, l, stack)
	if err != nil {
		return err
	}
	text, err := previewstate.Of(export, w.redactor)
	if errors.Is(err, previewstate.ErrPending) {
		err = hint.Wrap(err, nextUpdate(stack))
	}
	if err != nil {
		return err
	}
	if into == "" {
		into = l.Hidden("preview")
	}
	if err := os.MkdirAll(into, 0o755); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(into, stack.Name+".json"), text, 0o644)
}

// openState is a stack's state with its secrets to be seen, which no terminal and
// no file ever gets. What could be in it by mistake is made known first: the
// secrets of the stack, and what deploys it.
func (w world) openState(ctx context.Context, l project.Layout, stack stacks.Stack) ([]byte, error) {
	if err := w.ensureLocal(ctx, l); err != nil {
		return nil, err
	}
	h, err := w.hold(ctx, l, stack)
	if err != nil {
		return nil, err
	}
	for _, value := range h.values {
		w.redactor.Add(value)
	}
	args := []string{"stack", "export", "--show-secrets", "--stack", stack.Name}
	var out bytes.Buffer
	if stack.Name != stacks.Production.Name {
		env, err := w.built(l)
		if err != nil {
			return nil, err
		}
		w.knowCredentials(env)
		err = w.pulumiIn(ctx, l, l.Root, env, &out, nil, args...)
		return out.Bytes(), err
	}
	p, err := w.promoting(ctx, promoteOptions{})
	if err != nil {
		return nil, err
	}
	w.knowCredentials(p.env)
	if err := p.look(ctx); err != nil { // says so when there is no state
		return nil, err
	}
	err = p.pulumiIn(ctx, l, l.Root, p.env, &out, nil, args...)
	return out.Bytes(), err
}

// nextUpdate is what ends an update that did not end.
func nextUpdate(stack stacks.Stack) string {
	if stack.Name == stacks.Production.Name {
		return "crane promote"
	}
	return "crane up"
}

// knowCredentials has the redactor know what deploys.
func (w world) knowCredentials(env []string) {
	getenv := idtoken.Lookup(env)
	for _, name := range []string{
		"CLOUDFLARE_API_TOKEN", "PULUMI_CONFIG_PASSPHRASE", secrets.ClientSecretVariable, idtoken.TokenVariable,
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	} {
		w.redactor.Add(getenv(name))
	}
}

func (w world) previewStateImport(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("%w: crane preview-state import needs a stack and a file", errUsage)
	}
	stack, err := stacks.Lookup(args[0])
	if err != nil {
		return err
	}
	text, err := os.ReadFile(args[1])
	if err != nil {
		return hint.Wrap(err, "crane preview-state export "+stack.Name)
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	t := throwaway{world: w, Layout: l, stack: stack, dir: l.Hidden("preview", stack.Name)}
	if err := t.load(ctx, text); err != nil {
		return err
	}
	for _, v := range t.variables() {
		fmt.Fprintf(w.stdout, "export %s=%s\n", v.name, quoted(v.value))
	}
	fmt.Fprintf(w.stdout, "# pulumi preview --stack %s --config-file %s\n", stack.Name, quoted(t.stackFile()))
	return nil
}
