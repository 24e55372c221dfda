package main

import (
	"cmp"
	"context"
	"errors"
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
	"crane/internal/promotion"
	"crane/internal/smoke"
	"crane/stacks"
)

// silent is the health of a Worker that did not answer as Workers do.
const silent = "unreachable"

// ask asks all Workers of staging. It fails only when it was told to stop.
func ask(ctx context.Context, fleet stacks.Fleet, domain string) ([]workerStatus, error) {
	return askOn(ctx, stacks.Staging, domain, namesOf(fleet)), ctx.Err()
}

// askOn asks Workers of a stack side by side.
func askOn(ctx context.Context, stack stacks.Stack, domain string, workers []string) []workerStatus {
	rows := make([]workerStatus, len(workers))
	var group errgroup.Group
	group.SetLimit(16)
	for i, name := range workers {
		group.Go(func() error {
			rows[i] = answer(ctx, name, stacks.URL(domain, stack.Script(name)))
			rows[i].stack = stack.Name
			return nil // a Worker that does not answer is a line of the table
		})
	}
	_ = group.Wait()
	return rows
}

// answer is what one Worker says.
func answer(ctx context.Context, name, url string) workerStatus {
	r := workerStatus{Worker: name, URL: url, Health: silent, Migrations: map[string]string{}}
	h, err := smoke.Ask(ctx, url, 10*time.Second)
	if err != nil {
		r.Detail = err.Error()
		return r
	}
	r.Revision, r.Health, r.Migrations, r.Detail = h.Revision, h.Status, h.Migrations, failing(h.Checks)
	return r
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

// table is staging alone, with the addresses that a person opens.
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

// sick is the error when a Worker is not healthy. The reasons come first, a line
// each.
func (w world) sick(rows []workerStatus, next string) error {
	var names []string
	for _, r := range rows {
		if ill(r) {
			fmt.Fprintf(w.stderr, "%s: %s\n", r.called(), r.Detail)
			names = append(names, r.called()+" is "+r.Health)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: %s", errUnhealthy, strings.Join(names, ", ")), next)
}

// called is a Worker in a message: on staging unless it says otherwise.
func (r workerStatus) called() string {
	if r.stack == stacks.Production.Name {
		return r.Worker + " on production"
	}
	return r.Worker
}

// next is what finds out why a Worker of staging is not healthy. An update alone
// would not: it looks at the state, which may have what is gone.
func next(l project.Layout, s project.Settings) string {
	return cmp.Or(start(l, s), "crane drift")
}

// nextOnProduction is the same for production, where nobody mends things by hand.
func nextOnProduction(l project.Layout, s project.Settings) string {
	if !s.Local() {
		return "go back to what was promoted before: " + promotion.Instead()
	}
	return cmp.Or(start(l, s), "crane promote --rollback")
}

// start is what brings back a local Cloudflare that does not run.
func start(l project.Layout, s project.Settings) string {
	if s.Local() {
		if _, err := (local.Config{Dir: l.Local()}).Running(); errors.Is(err, local.ErrNotRunning) {
			return "make up"
		}
	}
	return ""
}

// startHint says how to get a local Cloudflare.
func startHint(err error) error {
	if errors.Is(err, local.ErrNotRunning) {
		return hint.Wrap(err, "crane local start")
	}
	return err
}
