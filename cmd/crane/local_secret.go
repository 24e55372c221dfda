package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"crane/internal/local"
	"crane/internal/local/infisical"
	"crane/internal/project"
	"crane/stacks"
)

// localSecret shows the names of a stack's secrets in the local Infisical, or
// sets one to what it reads. Values are read from standard input, so that none
// is ever in a shell's history or in a list of processes.
func (w world) localSecret(_ context.Context, args []string) error {
	sub := map[string]func(*infisical.Store, stacks.Scope, []string) error{"list": w.secretNames, "set": w.secretSet}
	if len(args) == 0 || sub[args[0]] == nil {
		return fmt.Errorf("%w: crane local secret needs list, or set NAME", errUsage)
	}
	name := stacks.Staging.Name
	rest, err := w.flags("local secret", args[1:], func(f *flag.FlagSet) { f.StringVar(&name, "stack", name, "") })
	if err != nil {
		return err
	}
	stack, err := stacks.Lookup(name)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	store, err := openSecrets(l)
	if err != nil {
		return err
	}
	return sub[args[0]](store, stack.Secrets, rest)
}

func openSecrets(l project.Layout) (*infisical.Store, error) {
	c, err := local.Configure(l)
	if err != nil {
		return nil, err
	}
	return infisical.Open(c.Dir, stacks.Default())
}

func (w world) secretNames(store *infisical.Store, scope stacks.Scope, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%w: crane local secret list takes no argument %q", errUsage, args[0])
	}
	names, err := store.Names(scope)
	for _, name := range names {
		fmt.Fprintln(w.stdout, name)
	}
	return err
}

func (w world) secretSet(store *infisical.Store, scope stacks.Scope, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%w: crane local secret set needs one NAME; the value is read from standard input", errUsage)
	}
	value, err := io.ReadAll(io.LimitReader(w.stdin, stacks.MaxVarBytes+1))
	if err != nil {
		return err
	}
	if len(value) > stacks.MaxVarBytes || !utf8.Valid(value) {
		return fmt.Errorf("%w: the value of %s is not text of at most %d bytes, which is what Cloudflare takes; nothing was changed",
			errUsage, args[0], stacks.MaxVarBytes)
	}
	return store.Set(scope, args[0], strings.TrimRight(string(value), "\r\n"))
}
