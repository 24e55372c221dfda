package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"crane/internal/hint"
	"crane/internal/preview"
	"crane/internal/project"
	"crane/stacks"
)

const previewUsage = `
usage: crane preview [--states DIR] [--markdown FILE] [--json]

Previews, of both stacks, what an update with the files as they are would
change: Workers and why, pending migrations with the linter's verdict, and what
would be deleted or replaced. It compares with preview states (see crane
preview-state), in a throwaway backend, and needs no token, no passphrase, no
secret and no network.

  --states    where the preview states are: .crane/preview by default. A stack
              that has none there is taken as empty, and the report says why
  --markdown  also writes the report to FILE, cut to what a comment can hold
  --json      prints [{"stack", "compared", "why", "workers": [{"name", "new",
              "why"}], "migrations": [{"database", "file", "verdict"}], "lost":
              [{"op", "resource"}], "others", "errors"}] instead. Fields are only
              ever added

It exits with 1 when an update of either stack would be refused.

Examples:
  crane preview
  crane preview --json
`

// previewAgain is what follows a preview that Pulumi could not make.
const previewAgain = "mend what pulumi said above, then crane preview"

// errRefused means that an update of what was previewed would be refused.
var errRefused = errors.New("an update would be refused")

func (w world) preview(ctx context.Context, args []string) error {
	var states, markdown string
	var asJSON bool
	err := w.noArguments("preview", args, func(f *flag.FlagSet) {
		f.StringVar(&states, "states", "", "")
		f.StringVar(&markdown, "markdown", "", "")
		f.BoolVar(&asJSON, "json", false, "")
	})
	if err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	if states == "" {
		states = l.Hidden("preview")
	}
	reports, err := w.reports(ctx, l, states)
	if err != nil {
		return err
	}
	return w.tellReports(reports, markdown, asJSON)
}

func (w world) reports(ctx context.Context, l project.Layout, states string) ([]preview.Report, error) {
	var reports []preview.Report
	for _, stack := range stacks.All() {
		r, err := w.reportOn(ctx, l, stack, filepath.Join(states, stack.Name+".json"))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", stack.Name, err)
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// reportOn previews one stack. What Pulumi prints of a preview that fails is in
// its document too, so that the report has it.
func (w world) reportOn(ctx context.Context, l project.Layout, stack stacks.Stack, file string) (preview.Report, error) {
	state, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return preview.Report{}, err
	}
	if err := os.MkdirAll(l.Hidden("preview"), 0o755); err != nil {
		return preview.Report{}, err
	}
	dir, err := os.MkdirTemp(l.Hidden("preview"), stack.Name+"-")
	if err != nil {
		return preview.Report{}, err
	}
	defer os.RemoveAll(dir)
	var said strings.Builder
	quiet := w
	quiet.stderr = &said
	t := throwaway{world: quiet, Layout: l, stack: stack, dir: dir}
	if err := t.load(ctx, state); err != nil {
		_, _ = io.WriteString(w.stderr, said.String())
		return preview.Report{}, hint.Wrap(err, previewAgain)
	}
	text, failed := t.preview(ctx)
	r, err := preview.Of(stack.Name, text)
	if r.Compared = state != nil; !r.Compared {
		r.Why = whyNone(filepath.Dir(file), stack)
	}
	if failed != nil && len(r.Errors) == 0 {
		_, _ = io.WriteString(w.stderr, said.String())
		return r, hint.Wrap(failed, previewAgain)
	}
	for i := range r.Errors { // where this checkout is is nobody's business
		r.Errors[i] = strings.ReplaceAll(r.Errors[i], l.Root, ".")
	}
	return r, err
}

// whyNone is why there is no preview state of a stack, as crane fetch states has
// left it.
func whyNone(dir string, stack stacks.Stack) string {
	text, err := os.ReadFile(reasonFile(dir, stack.Name))
	if why := strings.TrimSpace(string(text)); err == nil && why != "" {
		return why
	}
	return "nothing was published for it yet"
}

func (w world) tellReports(reports []preview.Report, markdown string, asJSON bool) error {
	var err error
	if markdown != "" {
		err = os.WriteFile(markdown, []byte(preview.Markdown(reports)), 0o644)
	}
	if asJSON {
		err = errors.Join(err, json.NewEncoder(w.stdout).Encode(reports))
	} else {
		fmt.Fprint(w.stdout, preview.Whole(reports))
	}
	for _, r := range reports {
		if len(r.Errors) > 0 {
			return errors.Join(err, hint.Wrap(fmt.Errorf("%s: %w", r.Stack, errRefused), "mend what is said above, then crane preview"))
		}
	}
	return err
}
