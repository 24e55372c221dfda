package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"crane/internal/hint"
	"crane/internal/local"
	"crane/internal/project"
	"crane/internal/smoke"
	"crane/stacks"
)

const statusUsage = `
usage: crane status [--json]

Asks every Worker of staging for its health and shows the answers.

Output columns: Worker, URL, revision (its first 12 digits), health, migration
head. --json prints {"stack", "workers": [{"worker", "url", "revision",
"health", "migrations", "detail"}]}; fields are only ever added. Exits with 1
when a Worker is not healthy; crane drift then says what is not as deployed.

Examples:
  crane status
  crane status --json
`

// workerStatus is one line of the table. The JSON form is a contract.
type workerStatus struct {
	Worker     string            `json:"worker"`
	URL        string            `json:"url"`
	Revision   string            `json:"revision"`
	Health     string            `json:"health"`
	Migrations map[string]string `json:"migrations"`
	Detail     string            `json:"detail,omitempty"`
}

func (w world) status(ctx context.Context, args []string) error {
	var asJSON bool
	if err := w.noArguments("status", args, func(f *flag.FlagSet) { f.BoolVar(&asJSON, "json", false, "") }); err != nil {
		return err
	}
	l, s, err := w.here()
	if err != nil {
		return err
	}
	rows, err := ask(ctx, stacks.Default().For(stacks.Staging), s.Domain)
	if err != nil {
		return err
	}
	if asJSON {
		err = json.NewEncoder(w.stdout).Encode(map[string]any{"stack": stacks.Staging.Name, "workers": rows})
	} else {
		err = w.table(rows)
	}
	if err != nil {
		return err
	}
	return w.sick(rows, next(l, s))
}

// ask asks all Workers side by side.
func ask(ctx context.Context, fleet stacks.Fleet, domain string) ([]workerStatus, error) {
	rows := make([]workerStatus, len(fleet.Workers))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(16)
	for i, worker := range fleet.Workers {
		group.Go(func() error {
			url := stacks.URL(domain, stacks.Staging.Script(worker.Name))
			rows[i] = workerStatus{Worker: worker.Name, URL: url, Health: "unreachable", Migrations: map[string]string{}}
			h, err := smoke.Ask(ctx, url, 10*time.Second)
			if err != nil {
				rows[i].Detail = err.Error()
				return nil // a Worker that does not answer is a line of the table
			}
			rows[i].Revision, rows[i].Health, rows[i].Migrations = h.Revision, h.Status, h.Migrations
			rows[i].Detail = failing(h.Checks)
			return nil
		})
	}
	return rows, group.Wait()
}

func (w world) table(rows []workerStatus) error {
	out := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "WORKER\tURL\tREVISION\tHEALTH\tMIGRATION")
	for _, r := range rows {
		fmt.Fprintf(out, "%s\t%s\t%.12s\t%s\t%s\n", r.Worker, r.URL, r.Revision, r.Health, heads(r.Migrations))
	}
	return out.Flush()
}

// heads shows one head as itself and several with their bindings.
func heads(m map[string]string) string {
	var parts []string
	for _, binding := range slices.Sorted(maps.Keys(m)) {
		if len(m) == 1 {
			return m[binding]
		}
		parts = append(parts, binding+"="+m[binding])
	}
	return strings.Join(parts, " ")
}

// sick is the error when a Worker is not healthy. The reasons come first, a
// line each.
func (w world) sick(rows []workerStatus, next string) error {
	var names []string
	for _, r := range rows {
		if r.Health != "healthy" {
			names = append(names, r.Worker+" is "+r.Health)
			fmt.Fprintf(w.stderr, "%s: %s\n", r.Worker, r.Detail)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: %s", errUnhealthy, strings.Join(names, ", ")), next)
}

// next is what finds out why a Worker is not healthy. An update alone would not:
// it looks at the state, which may have what is gone.
func next(l project.Layout, s project.Settings) string {
	if s.Local() {
		if _, err := (local.Config{Dir: l.Local()}).Running(); errors.Is(err, local.ErrNotRunning) {
			return "make up"
		}
	}
	return "crane drift"
}

// failing are the checks of a Worker that are not ok.
func failing(checks map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(checks)) {
		if checks[name] != "ok" {
			parts = append(parts, name+" "+checks[name])
		}
	}
	return strings.Join(parts, ", ")
}

// startHint says how to get a local Cloudflare.
func startHint(err error) error {
	if errors.Is(err, local.ErrNotRunning) {
		return hint.Wrap(err, "crane local start")
	}
	return err
}
