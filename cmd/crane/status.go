package main

import (
	"context"
	"errors"
	"flag"

	"crane/stacks"
)

const statusUsage = `
usage: crane status [--json]

Shows staging and production side by side: what every Worker says of itself, and
what the states say was deployed. Then whether staging is on main, which is what
the newest receipt has, and what production lacks of staging. It reads a state
of production that is in a folder here; of any other it shows the health alone.

Output columns: Worker, stack, revision and bundle (their first 12 digits), when
it was verified, health, migration head. Exits with 1 when a Worker of staging is
not healthy, or one of production that is known to be deployed; crane drift then
says what on staging is not as deployed.

--json prints {"stack", "workers", "production": {"state", "reason", "workers",
"release", "pending"}, "main": {"receipt", "commit", "on", "off"}, "behind":
{"workers", "migrations", "extra"}}; fields are only ever added.

  workers     [{"worker", "url", "revision", "health", "migrations", "detail", "bundle",
              "deployed"}]; detail is there when something is wrong
  state       readable, unreadable, which reason explains, or none: nothing is deployed
  off         why staging is off main, a line each
  behind      what a promotion would bring: names of Workers, and [{"database", "files"}].
              extra is what production has and staging has not. null when not known

Examples:
  crane status
  crane status --json
`

// workerStatus is one Worker on one stack. The JSON form is a contract.
type workerStatus struct {
	Worker     string            `json:"worker"`
	URL        string            `json:"url"`
	Revision   string            `json:"revision"`
	Health     string            `json:"health"`
	Migrations map[string]string `json:"migrations"`
	Detail     string            `json:"detail,omitempty"`
	// Bundle and Deployed are what the state says; empty when it cannot be read.
	// Deployed is RFC 3339 in UTC, and empty when this was never verified.
	Bundle   string `json:"bundle"`
	Deployed string `json:"deployed"`

	stack string
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
	seen, err := w.look(ctx, l, s)
	if err != nil {
		return err
	}
	show := w.showStacks
	if asJSON {
		show = w.encodeStatus
	}
	return errors.Join(show(seen), w.sick(seen.expected(), seen.next))
}

// running shows what an update of staging came to.
func (w world) running(ctx context.Context) error {
	l, s, err := w.here()
	if err != nil {
		return err
	}
	rows, err := ask(ctx, stacks.Default().For(stacks.Staging), s.Domain)
	if err != nil {
		return err
	}
	return errors.Join(w.table(rows), w.sick(rows, next(l, s)))
}
