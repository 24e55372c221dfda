package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"time"

	"crane/internal/doctor"
	"crane/internal/local"
	"crane/internal/project"
	"crane/stacks"
)

const doctorUsage = `
usage: crane doctor [--json] [--state FILE]

Reads the settings that production relies on, at GitHub, Infisical and
Cloudflare, and in the states, and holds them against stacks/production.go. It
changes nothing, and works with whatever this shell holds: GITHUB_TOKEN,
CLOUDFLARE_API_TOKEN and CRANE_INFISICAL_CLIENT_SECRET, all of staging's. What
it could not see it says, with what would let it; that never counts as right.
On the local Cloudflare there is no GitHub, and the rest is looked at.

  --state  an export of production's state, for a shell without its key; else it
           is what crane fetch states has fetched, unless the state is here

Each check is ✓ ok, ✗ wrong, ! weak: as declared, but less than could be,
? unseen, or - not here. Exits with 0 when all is ok or not here, with 1 when
something is wrong, and with 3 when the worst is weak or unseen.

--json prints {"findings": [{"id", "title", "verdict", "found", "why", "fix"}],
"counts": {"ok", "wrong", "weak", "unseen", "not here"}}; fields are only ever
added. An id stays; fix is empty when nothing is to be mended.

Examples:
  crane doctor
  crane doctor --json
`

// doctorDeadline is how long everything together may take.
const doctorDeadline = 20 * time.Second

func (w world) doctor(ctx context.Context, args []string) error {
	var asJSON bool
	var state string
	err := w.noArguments("doctor", args, func(f *flag.FlagSet) {
		f.BoolVar(&asJSON, "json", false, "")
		f.StringVar(&state, "state", "", "")
	})
	if err != nil {
		return err
	}
	subject, err := w.subject(state)
	if err != nil {
		return err
	}
	report := doctor.Run(ctx, subject.Checks(), doctorDeadline)
	show := w.showDoctor
	if asJSON {
		show = w.encodeDoctor
	}
	return errors.Join(show(report), report.Err())
}

// subject gathers what is declared and what this shell can ask. It asks nothing.
func (w world) subject(state string) (doctor.Subject, error) {
	l, staging, err := w.here()
	if err != nil {
		return doctor.Subject{}, err
	}
	production, err := l.ReadSettings(stacks.Production.Name)
	if err != nil {
		return doctor.Subject{}, err
	}
	s := doctor.Subject{
		Gate: stacks.ProductionGate, Protection: stacks.ProductionProtection, Retire: stacks.ProductionRetire, Fleet: stacks.Default(),
		Local:  staging.Local() && production.Local() && stacks.ProductionGate.Issuer == stacks.LocalIssuer,
		Issuer: issuerOf(stacks.ProductionGate, production),
		Accounts: map[string]string{
			stacks.Staging.Name: staging.AccountID, stacks.Production.Name: production.AccountID,
		},
		States: map[string]doctor.State{
			stacks.Staging.Name:    w.stateFor(l, stacks.Staging, "", w.built),
			stacks.Production.Name: w.stateFor(l, stacks.Production, state, w.reading),
		},
	}
	return s, w.services(&s, l, staging, production)
}

// services makes the clients for what there is to ask, and to ask with.
func (w world) services(s *doctor.Subject, l project.Layout, staging, production project.Settings) error {
	w.askGitHub(s)
	w.askInfisical(s, staging, production)
	if !staging.Local() {
		s.Cloudflare, _ = doctor.NewCloudflare(nil, staging.APIHost, w.hidden("CLOUDFLARE_API_TOKEN")) // without one it is not asked
		return nil
	}
	c, err := local.Configure(l)
	if err != nil {
		return err
	}
	return w.askLocal(s, c, staging)
}

// hidden is a credential of this shell's, kept out of all that is printed.
func (w world) hidden(name string) string {
	value := w.getenv(name)
	w.redactor.Add(value)
	return value
}

// askGitHub goes by the repository that the gate names, whatever this job's is.
func (w world) askGitHub(s *doctor.Subject) {
	base := cmp.Or(w.getenv("GITHUB_API_URL"), doctor.DefaultGitHub)
	if g, err := doctor.NewGitHub(nil, base, w.hidden("GITHUB_TOKEN"), s.Gate); err == nil {
		s.GitHub = g // without one the checks say what is missing
	}
}

func (w world) encodeDoctor(r doctor.Report) error {
	out := json.NewEncoder(w.stdout)
	out.SetEscapeHTML(false)
	return out.Encode(r)
}
