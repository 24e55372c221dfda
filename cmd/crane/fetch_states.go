package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"crane/internal/github"
	"crane/internal/hint"
	"crane/internal/local/atomicfile"
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
// that there is none of stays as it was, and why there is none is left beside it.
func (w world) takeStates(ctx context.Context, client *github.Client, dir, into string) error {
	names := []string{stacks.Staging.Name, stacks.Production.Name}
	fetched, lacking := map[string]string{}, map[string]error{}
	for _, stack := range names {
		file, err := state(ctx, client, stack, filepath.Join(dir, stack))
		if err != nil && !missing(err) {
			return errors.Join(err, w.leave(into, err, names...)) // neither was
		}
		fetched[stack], lacking[stack] = file, err
	}
	var err error
	for _, stack := range names {
		w.note(lacking[stack])
		if lacking[stack] != nil {
			err = errors.Join(err, w.leave(into, lacking[stack], stack))
		} else {
			err = errors.Join(err, place(fetched[stack], into, stack))
		}
	}
	return err
}

// place puts a state where it is looked for. Its time is that of the download.
func place(file, into, stack string) error {
	if err := os.Rename(file, filepath.Join(into, stack+".json")); err != nil {
		return err
	}
	if err := os.Remove(reasonFile(into, stack)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// leave writes, for each of some stacks, why it has no new state.
func (w world) leave(into string, why error, names ...string) error {
	text := strings.Join(strings.Fields(w.redactor.String(why.Error())), " ") + "\n"
	var err error
	for _, stack := range names {
		err = errors.Join(err, atomicfile.Write(reasonFile(into, stack), []byte(text), 0o644))
	}
	return err
}

// reasonFile is where crane preview reads why there is no state to compare with.
func reasonFile(dir, stack string) string { return filepath.Join(dir, stack+".why") }

// state downloads the preview state of one stack.
func state(ctx context.Context, client *github.Client, stack, dir string) (string, error) {
	of := stacks.ProductionGate.Deploy
	if stack == stacks.Production.Name {
		of = stacks.ProductionGate.Promote
	}
	artifact := "preview-" + stack
	if err := published(ctx, client, of, artifact, dir); err != nil {
		return "", err
	}
	file := filepath.Join(dir, stack+".json")
	if info, err := os.Lstat(file); err != nil || !info.Mode().IsRegular() {
		return "", hint.Wrap(fmt.Errorf("%w %s: it has no %s.json; nothing was kept", github.ErrArtifact, artifact, stack), "gh run list --workflow "+of.File)
	}
	return file, nil
}
