package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"crane/internal/github"
	"crane/stacks"
)

const fetchUsage = `
usage: crane fetch receipts [--commit SHA] [--releases DIR]
       crane fetch states [--into DIR]

Fetches what earlier runs of the workflows have published on GitHub.

  receipts  the receipts of the newest deploy run that has published them, of
            any commit or of one, and of what the newest promote run that has
            says that production runs and ran before: of runs that failed at
            something later too. Prints the commit of the receipt to promote, 40
            hexadecimal digits, and nothing else. When the deploy run is gone or
            has expired, and a promote run has a receipt of the commit, it is
            that one. The receipts are put to those that are there already, where
            crane promote looks for them, or into DIR
  states    staging's and production's preview states, of the newest successful
            deploy and promote runs, as staging.json and production.json in
            .crane/preview or DIR. Why one could not be had is put beside it, in
            staging.why or production.why, for crane preview to say

What was never published, or is kept no longer, is said; it is an error only when
there is no receipt to promote. Whether to believe a receipt is for crane promote
to say: here it has to be whole. A run counts when its commit is in the history of
main, whatever its branch is called.

GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN say where and as whom, as in a
job of a workflow. The job needs the permissions actions: read and contents: read.

Examples:
  crane fetch receipts
  crane fetch states
`

func (w world) fetch(ctx context.Context, args []string) error {
	rest, err := w.flags("fetch", args, func(*flag.FlagSet) {})
	if err != nil {
		return err
	}
	sub := map[string]func(context.Context, []string) error{"receipts": w.fetchReceipts, "states": w.fetchStates}
	if len(rest) == 0 || sub[rest[0]] == nil {
		return fmt.Errorf("%w: crane fetch needs one of receipts, states", errUsage)
	}
	return sub[rest[0]](ctx, rest[1:])
}

// published downloads an artifact of the newest successful run of one of the
// workflows of the gate.
func published(ctx context.Context, client *github.Client, of stacks.Workflow, artifact, dir string) error {
	run, err := client.Newest(ctx, runsOf(of))
	if err != nil {
		return err
	}
	return client.Download(ctx, run, artifact, dir)
}

func runsOf(of stacks.Workflow) github.Wanted {
	return github.Wanted{Workflow: of.File, Event: of.Event, Branch: stacks.ProductionGate.Branch}
}

// missing reports whether there is nothing to fetch, for which nobody is to blame.
func missing(err error) bool {
	return errors.Is(err, github.ErrNone) || errors.Is(err, github.ErrExpired)
}

// aside gives a new folder to work in, in one that is made if need be. Its name
// begins with a full stop, so that what a killed process leaves is no receipt.
func aside(in string, work func(dir string) error) error {
	if err := os.MkdirAll(in, 0o700); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(in, ".partial-*")
	if err != nil {
		return err
	}
	return errors.Join(work(dir), os.RemoveAll(dir))
}

// note says what is no error.
func (w world) note(err error) {
	if err != nil {
		w.say("note", err.Error())
	}
}
