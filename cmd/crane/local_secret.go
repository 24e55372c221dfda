package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"crane/internal/local"
	"crane/internal/local/infisical"
	"crane/internal/project"
	"crane/stacks"
)

// localSecret shows the names of staging's secrets in the local Infisical, or
// sets one to what it reads. Values are read from standard input, so that none
// is ever in a shell's history or in a list of processes.
func (w world) localSecret(_ context.Context, args []string) error {
	l, err := w.layout()
	if err != nil {
		return err
	}
	store, err := openSecrets(l)
	if err != nil {
		return err
	}
	switch {
	case len(args) == 1 && args[0] == "list":
		return w.secretNames(store)
	case len(args) == 2 && args[0] == "set":
		value, err := io.ReadAll(io.LimitReader(w.stdin, 64<<10))
		if err != nil {
			return err
		}
		return store.Set(stacks.Staging.Secrets, args[1], strings.TrimRight(string(value), "\r\n"))
	}
	return fmt.Errorf("%w: crane local secret needs list, or set NAME", errUsage)
}

func openSecrets(l project.Layout) (*infisical.Store, error) {
	c, err := local.Configure(l)
	if err != nil {
		return nil, err
	}
	return infisical.Open(c.Dir, stacks.Default())
}

func (w world) secretNames(store *infisical.Store) error {
	names, err := store.Names(stacks.Staging.Secrets)
	for _, name := range names {
		fmt.Fprintln(w.stdout, name)
	}
	return err
}
