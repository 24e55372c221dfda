package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"crane/internal/github"
	"crane/internal/hint"
	"crane/stacks"
)

func (w world) fetchStates(ctx context.Context, args []string) error {
	var into string
	if err := w.noArguments("fetch states", args, func(f *flag.FlagSet) { f.StringVar(&into, "into", "", "") }); err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	client, err := w.github()
	if err != nil {
		return err
	}
	if into == "" {
		into = l.Hidden("preview")
	}
	return aside(into, func(dir string) error { return w.takeStates(ctx, client, dir, into) })
}

// takeStates puts both states in their places once both were fetched. A state
// that there is none of stays as it was.
func (w world) takeStates(ctx context.Context, client *github.Client, dir, into string) error {
	fetched := map[string]string{}
	for _, stack := range []string{stacks.Staging.Name, stacks.Production.Name} {
		file, err := state(ctx, client, stack, filepath.Join(dir, stack))
		switch {
		case missing(err):
			w.note(err)
		case err != nil:
			return err
		default:
			fetched[stack] = file
		}
	}
	var err error
	for stack, file := range fetched {
		err = errors.Join(err, os.Rename(file, filepath.Join(into, stack+".json")))
	}
	return err
}

// state downloads the preview state of one stack.
func state(ctx context.Context, client *github.Client, stack, dir string) (string, error) {
	of := stacks.ProductionGate.Deploy
	if stack == stacks.Production.Name {
		of = stacks.ProductionGate.Promote
	}
	artifact := "preview-" + stack
	if err := published(ctx, client, of, "", artifact, dir); err != nil {
		return "", err
	}
	file := filepath.Join(dir, stack+".json")
	if info, err := os.Lstat(file); err != nil || !info.Mode().IsRegular() {
		return "", hint.Wrap(fmt.Errorf("%w %s: it has no %s.json; nothing was kept", github.ErrArtifact, artifact, stack), "gh run list --workflow "+of.File)
	}
	return file, nil
}
