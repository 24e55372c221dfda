package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/gofrs/flock"

	"crane/internal/drift"
	"crane/internal/hint"
	"crane/internal/project"
	"crane/internal/recovery"
	"crane/stacks"
)

const driftUsage = `
usage: crane drift [--json]

Compares what the state of staging has with what exists, and changes neither:
what was changed by hand, with wrangler or in the dashboard, and what is gone,
each with the command that mends it. Exits with 1 when there is any, or when
something could not be read, which is no drift: it says why, and what helps.

What is declared is not compared: pulumi preview --stack staging does that.

Nobody can read the values of secrets back, and the plugin does not read the
compatibility settings. In doubt upload the Worker again, with what is declared:
drop its script from the state, and let crane up take it over. --json has the
command for each Worker, next to "unseen".

--json prints {"stack", "drift": [{"resource", "type", "urn", "kind",
"properties", "detail", "next"}], "unseen": [{"worker", "secrets", "next"}]};
kind is changed, gone or unread; fields are only ever added.

Examples:
  crane drift
  crane drift --json
`

func (w world) drift(ctx context.Context, args []string) error {
	var asJSON bool
	if err := w.noArguments("drift", args, func(f *flag.FlagSet) { f.BoolVar(&asJSON, "json", false, "") }); err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	if err := w.ensureLocal(ctx, l); err != nil {
		return err
	}
	report, err := w.compare(ctx, l)
	if err != nil {
		return err
	}
	show := w.showDrift
	if asJSON {
		show = w.encodeDrift
	}
	return errors.Join(show(report), drifted(report))
}

// compare has Pulumi compare while no crane updates. A comparison that failed
// in part is told like any other: the document has what was found, and why the
// rest was not.
func (w world) compare(ctx context.Context, l project.Layout) (drift.Report, error) {
	lock := flock.New(l.Hidden("update.lock"))
	held, err := lock.TryRLock()
	if err == nil && !held {
		err = hint.Wrap(fmt.Errorf("%w: another crane of this project; nothing was compared", recovery.ErrBusy), busyHint("make up"))
	}
	if err != nil {
		return drift.Report{}, err
	}
	defer lock.Unlock()
	if err := unlocked(l); err != nil {
		return drift.Report{}, err
	}
	if err := w.ended(ctx, l); err != nil {
		return drift.Report{}, err
	}
	p, err := w.driftProject(l)
	if err != nil {
		return drift.Report{}, err
	}
	var out bytes.Buffer
	failure := w.pulumi(ctx, l, &out, nil, "refresh", "--stack", stacks.Staging.Name,
		"--preview-only", "--json", "--non-interactive")
	report, err := p.Read(out.Bytes())
	if failure != nil && (err != nil || len(report.Drift) == 0) {
		_, _ = out.WriteTo(w.stderr)
		return report, failure
	}
	return report, err
}

func (w world) driftProject(l project.Layout) (drift.Project, error) {
	ready, err := w.ready(l)
	return drift.Project{
		Fleet: stacks.Default().For(stacks.Staging), Files: os.DirFS(l.Root), Root: quoted(l.Root), Ready: ready,
	}, err
}

// unlocked refuses a state that somebody updates, or that a killed Pulumi left
// locked. It breaks no lock.
func unlocked(l project.Layout) error {
	locks, here, err := locksOf(l, stacks.Staging)
	if err != nil {
		return err
	}
	for _, lock := range locks {
		if err := lock.Held(here); err != nil {
			return hint.Wrap(err, cmp.Or(hint.Of(err), busyHint("make up")))
		}
	}
	if len(locks) > 0 {
		return hint.Wrap(fmt.Errorf("%w: %s, is still there; nothing was compared", drift.ErrInterrupted, locks[0]), "crane recover")
	}
	return nil
}

// ended refuses a state that an update left in the middle of something.
func (w world) ended(ctx context.Context, l project.Layout) error {
	state, err := w.exported(ctx, l)
	if err != nil {
		return err
	}
	if pending := state.Pending(); len(pending) > 0 {
		return hint.Wrap(fmt.Errorf("%w: %s; nothing was compared", drift.ErrInterrupted, strings.Join(pending, ", ")), "crane recover")
	}
	return nil
}
