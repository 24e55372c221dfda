package preview

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"crane/stacks"
)

// The types of what a Worker owns beside its script.
const (
	cronType       = "cloudflare:index/workersCronTrigger:WorkersCronTrigger"
	routeType      = "crane:index:Route"
	smokeType      = "crane:index:Smoke"
	migrationsType = "crane:index:Migrations"
)

// step puts one of Pulumi's steps where it belongs.
func (r *reader) step(s step) error {
	kind, name := resource(s.URN)
	switch {
	case s.Op == "same" || s.Op == "read":
	case s.Op == "delete" || strings.Contains(s.Op, "replace"):
		r.lose(s.Op, called(kind, name))
	case kind == stacks.ScriptType:
		return r.script(strings.TrimSuffix(name, stacks.ScriptName("")), s)
	case kind == cronType:
		return r.crons(strings.TrimSuffix(name, "-crons"), s)
	case kind == routeType:
		r.because(strings.TrimSuffix(name, "-route"), false, "its route is turned on")
	case kind == smokeType:
		r.because(strings.TrimSuffix(name, "-smoke"), false)
	case kind == migrationsType:
		r.ledgers = append(r.ledgers, strings.TrimSuffix(name, "-migrations"))
	case strings.HasPrefix(kind, "crane:infra:") || kind == "pulumi:pulumi:Stack":
	default:
		r.Others = append(r.Others, s.Op+" "+called(kind, name))
	}
	return nil
}

// meet learns the name of a database.
func (r *reader) meet(s step) {
	if kind, _ := resource(s.URN); kind == stacks.DatabaseType {
		var old, new struct{ Name string }
		if s.decode(&old, &new) == nil && s.Old.ID != "" {
			r.called[s.Old.ID] = cmp.Or(new.Name, old.Name)
		}
	}
}

// unnamed are changes of migrations that no file is pending for.
func (r *reader) unnamed() {
	for _, database := range r.ledgers {
		if !slices.ContainsFunc(r.Migrations, func(m Migration) bool { return m.Database == database }) {
			r.Others = append(r.Others, "update Migrations "+database+", with nothing to apply")
		}
	}
}

// lose notes a delete or a replacement, which is several steps of one resource,
// once.
func (r *Report) lose(op, what string) {
	if op != "delete" {
		op = "replace"
	}
	at := slices.IndexFunc(r.Lost, func(l Loss) bool { return l.Resource == what })
	if at < 0 {
		r.Lost = append(r.Lost, Loss{Op: op, Resource: what})
	}
}

// because notes why a Worker is among those that change. Its smoke test, which
// says nothing of its own, follows from whatever else changes.
func (r *Report) because(worker string, isNew bool, why ...string) {
	at := slices.IndexFunc(r.Workers, func(w Worker) bool { return w.Name == worker })
	if at < 0 {
		r.Workers = append(r.Workers, Worker{Name: worker, Why: []string{}})
		at = len(r.Workers) - 1
	}
	w := &r.Workers[at]
	w.New = w.New || isNew
	w.Why = append(w.Why, why...)
}

func (r *reader) script(worker string, s step) error {
	var old, new script
	if err := s.decode(&old, &new); err != nil {
		return err
	}
	r.because(worker, s.Op == "create", new.since(old, r.called)...)
	return nil
}

func (r *reader) crons(worker string, s step) error {
	var old, new struct {
		Schedules []string `json:"schedules"`
	}
	if err := s.decode(&old, &new); err != nil {
		return err
	}
	r.because(worker, false, changed("crons", strings.Join(old.Schedules, ", "), strings.Join(new.Schedules, ", "))...)
	return nil
}

func (s step) decode(old, new any) error {
	for _, side := range []struct {
		text json.RawMessage
		into any
	}{{s.Old.Inputs, old}, {s.New.Inputs, new}} {
		if len(side.text) > 0 {
			if err := json.Unmarshal(side.text, side.into); err != nil {
				return err
			}
		}
	}
	return nil
}

// diagnostic takes the verdicts on migrations, which the provider tells in a line
// each, and what is wrong.
func (r *reader) diagnostic(d diagnostic) {
	kind, name := resource(d.URN)
	text := strings.TrimSpace(d.Message)
	rest, pending := strings.CutPrefix(text, "pending ")
	file, verdict, judged := strings.Cut(rest, ": ")
	switch {
	case kind == migrationsType && pending && judged:
		r.Migrations = append(r.Migrations, Migration{strings.TrimSuffix(name, "-migrations"), file, verdict})
	case d.Severity == "error" && text != "":
		r.Errors = append(r.Errors, text)
	}
}

// resource splits a URN into the type and the logical name.
func resource(urn string) (kind, name string) {
	parts := strings.SplitN(urn, "::", 4)
	if len(parts) != 4 {
		return "", urn
	}
	return parts[2][strings.LastIndex(parts[2], "$")+1:], parts[3]
}

// called is a resource as people call it: D1Database watch-d1, provider crane.
func called(kind, name string) string {
	last := kind[strings.LastIndex(kind, ":")+1:]
	if strings.HasPrefix(kind, "pulumi:providers:") {
		return "provider " + last
	}
	return last + " " + name
}
