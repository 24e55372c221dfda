package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"crane/internal/deployed"
	"crane/internal/hint"
	"crane/internal/release"
	"crane/stacks"
)

// errLatched means that a plan would delete or replace what production keeps.
var errLatched = errors.New("the plan deletes or replaces what production keeps")

// show prints the promotion as a table.
func (p *promoting) show(context.Context) error {
	r := p.signed.Receipt
	what := "promotion of"
	if p.rollback {
		what = "rollback to"
	}
	fmt.Fprintf(p.stdout, "%s %.12s, verified on staging %s (receipt %.12s)\n", what, r.Commit, timeText(r.Verified), p.signed.Digest())
	out := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "WORKER\tFROM\tTO")
	for _, name := range sortedNames(r.Workers) {
		fmt.Fprintf(out, "%s\t%s\t%s\n", name, short(p.before.Workers[name].Bundle), arrival(p.before.Workers[name].Bundle, r.Workers[name].Bundle))
	}
	fmt.Fprintln(out, "DATABASE\tHEAD\tPENDING")
	for _, name := range sortedNames(r.Databases) {
		db := p.before.Databases[name]
		fmt.Fprintf(out, "%s\t%s\t%s\n", name, orDash(db.Head), p.pendingText(db, r.Databases[name]))
	}
	return out.Flush()
}

func (p *promoting) pendingText(has deployed.Database, wants release.Database) string {
	if p.rollback {
		return "stays as it is"
	}
	return orDash(strings.Join(pendingFiles(has, wants), ", "))
}

// pendingFiles are the migrations that production does not have yet.
func pendingFiles(has deployed.Database, wants release.Database) []string {
	var names []string
	for _, m := range wants.Migrations {
		if !slices.ContainsFunc(has.Applied, func(a deployed.Applied) bool { return a.Name == m.Name }) {
			names = append(names, m.Name)
		}
	}
	return names
}

func arrival(from, to string) string {
	if from == to {
		return "unchanged"
	}
	return short(to)
}

// short is a digest as people compare it.
func short(digest string) string { return orDash(digest[:min(len(digest), 12)]) }

// plan has Pulumi preview the update, which judges the migrations, and refuses
// what would take a database or a Worker away.
func (p *promoting) plan(ctx context.Context) error {
	if !p.exists && p.check {
		fmt.Fprintln(p.stderr, "production has no state yet, so there is no plan to check")
		return nil
	}
	if err := p.begin(ctx); err != nil {
		return err
	}
	var out bytes.Buffer
	args := append([]string{"preview", "--json", "--non-interactive"}, p.targets()...)
	err := p.run(ctx, &out, nil, args...)
	said, parseErr := parsePlan(out.Bytes())
	p.tell(said)
	if err := errors.Join(err, parseErr); err != nil {
		return hint.Wrap(fmt.Errorf("the plan of the update failed; %s: %w", p.untouched(), err),
			"what it says above is what to mend; docs/production.md has how to retire and rename")
	}
	return said.latched()
}

// untouched is what was left as it was.
func (p *promoting) untouched() string {
	if p.begun {
		return "nothing was changed, but that production has a state now, an empty one"
	}
	return "nothing was changed"
}

// begin makes production's state, once. Pulumi would write a salt into the stack
// file, which would then be another than staging has verified.
func (p *promoting) begin(ctx context.Context) error {
	if p.exists {
		return nil
	}
	text, err := os.ReadFile(p.StackFile(stacks.Production.Name))
	if err != nil {
		return err
	}
	if !bytes.Contains(text, []byte("\nencryptionsalt:")) {
		return hint.Wrap(fmt.Errorf("%w: Pulumi.production.yaml has no encryptionsalt; nothing was changed", errNoState),
			"docs/production.md, Going live, says how to make one; commit it")
	}
	p.exists, p.begun = true, true
	return p.run(ctx, p.stderr, nil, "stack", "init", "--no-select", "--secrets-provider", "passphrase", "--non-interactive")
}

// planned is what `pulumi preview --json` prints, as far as it is looked at.
type planned struct {
	Steps []struct {
		Op  string `json:"op"`
		URN string `json:"urn"`
	} `json:"steps"`
	Diagnostics []struct {
		Message  string `json:"message"`
		Severity string `json:"severity"`
	} `json:"diagnostics"`
}

func parsePlan(text []byte) (planned, error) {
	var p planned
	if len(text) == 0 {
		return p, nil // it has failed before it could say anything
	}
	return p, json.Unmarshal(text, &p)
}

// tell shows what the plan's warnings and errors say.
func (p *promoting) tell(said planned) {
	for _, d := range said.Diagnostics {
		if d.Severity == "warning" || d.Severity == "error" || strings.Contains(d.Message, ".sql") {
			fmt.Fprintln(p.stderr, strings.TrimSpace(d.Message))
		}
	}
}

// latched finds deletes and replacements of databases and scripts. Retiring takes
// two promotions; replacing is never one of them, because it would get stuck half
// way.
func (p planned) latched() error {
	var lines []string
	for _, s := range p.Steps {
		kind, name := resourceOf(s.URN)
		if kind != stacks.DatabaseType && kind != stacks.ScriptType {
			continue
		}
		retired := stacks.ProductionRetire.Worker(strings.TrimSuffix(name, stacks.ScriptName(""))) ||
			stacks.ProductionRetire.Database(strings.TrimSuffix(name, stacks.D1Name("")))
		if strings.Contains(s.Op, "replace") || s.Op == "delete" && !retired {
			lines = append(lines, s.Op+" "+name)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: %s; nothing was changed", errLatched, strings.Join(slices.Compact(lines), ", ")),
		"docs/production.md says how to retire or rename one, in two promotions")
}

// resourceOf splits a URN into the type and the logical name.
func resourceOf(urn string) (kind, name string) {
	parts := strings.SplitN(urn, "::", 4)
	if len(parts) != 4 {
		return "", urn
	}
	return parts[2][strings.LastIndex(parts[2], "$")+1:], parts[3]
}
