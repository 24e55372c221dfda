package stacks

import (
	"cmp"
	"maps"
	"slices"
)

// Fleet is everything that is instantiated once per stack.
type Fleet struct {
	// Plan is what the accounts of both stacks allow; empty means Free.
	Plan      Plan
	Workers   []Worker
	Databases []Database
}

// Worker is one Cloudflare Worker. Only Name and Entry are required.
type Worker struct {
	// Name is the script's name without the stack's suffix.
	Name string
	// Entry is the TypeScript file the Worker starts from, from the project's root.
	Entry string
	// Databases maps a binding's name to a database of the fleet.
	Databases Databases
	// Services maps a binding's name to another Worker of the fleet.
	Services Services
	// Vars are plain-text bindings.
	Vars Vars
	// Secrets maps a binding's name, which is the secret's name, to its class.
	Secrets Secrets
	// Crons are schedules in Cloudflare's dialect: five fields, UTC, weekdays
	// 1 to 7 from Sunday.
	Crons Crons
	// CompatibilityDate is a day, such as 2026-11-01. Empty means DefaultCompatibilityDate.
	CompatibilityDate string
	// CompatibilityFlags are workerd's, such as nodejs_compat.
	CompatibilityFlags []string
	// Per overrides some of the above on one stack, by the stack's name.
	Per Per
}

// Override replaces what it sets on one stack. Vars, Databases, Services and
// Secrets are merged name by name, the others are replaced whole.
type Override struct {
	Entry              string
	Databases          Databases
	Services           Services
	Vars               Vars
	Secrets            Secrets
	Crons              Crons
	CompatibilityDate  string
	CompatibilityFlags []string
}

// Database is one D1 database.
type Database struct {
	// Name is the database's name without the stack's suffix.
	Name string
	// Migrations is the folder of its SQL files, from the project's root.
	Migrations string
}

// The kinds of a Worker's fields, named so that a fleet reads like a table.
type (
	// Databases maps a binding to a database's name.
	Databases map[string]string
	// Services maps a binding to a Worker's name.
	Services map[string]string
	// Vars maps a binding to its text.
	Vars map[string]string
	// Secrets maps a binding to its class.
	Secrets map[string]Class
	// Crons lists schedules.
	Crons []string
	// Per maps a stack's name to what differs there.
	Per map[string]Override
)

// Class says whether two stacks may hold the same value of a secret.
type Class string

const (
	// Infra secrets must differ between the stacks.
	Infra Class = "infra"
	// External secrets belong to somebody else and may be shared.
	External Class = "external"
)

// DefaultCompatibilityDate holds for a Worker that names none.
const DefaultCompatibilityDate = "2026-11-01"

// For is the fleet as one stack has it: overrides applied, defaults filled in,
// Workers ordered so that each comes after the Workers it binds.
func (f Fleet) For(s Stack) Fleet {
	out := Fleet{Plan: f.Plan, Databases: slices.Clone(f.Databases)}
	for _, w := range f.Workers {
		out.Workers = append(out.Workers, w.on(s))
	}
	out.Workers = ordered(out.Workers)
	return out
}

// Database finds a database by its name.
func (f Fleet) Database(name string) (Database, bool) {
	i := slices.IndexFunc(f.Databases, func(d Database) bool { return d.Name == name })
	if i < 0 {
		return Database{}, false
	}
	return f.Databases[i], true
}

func (w Worker) on(s Stack) Worker {
	o := w.Per[s.Name]
	w.Databases = merged(w.Databases, o.Databases)
	w.Services = merged(w.Services, o.Services)
	w.Vars = merged(w.Vars, o.Vars)
	w.Secrets = merged(w.Secrets, o.Secrets)
	w.Entry = cmp.Or(o.Entry, w.Entry)
	if o.Crons != nil {
		w.Crons = o.Crons
	}
	if o.CompatibilityFlags != nil {
		w.CompatibilityFlags = o.CompatibilityFlags
	}
	w.CompatibilityDate = cmp.Or(o.CompatibilityDate, w.CompatibilityDate, DefaultCompatibilityDate)
	w.Per = nil
	return w
}

func merged[M ~map[string]V, V any](base, over M) M {
	out := make(M, len(base)+len(over))
	maps.Copy(out, base)
	maps.Copy(out, over)
	return out
}

// ordered puts each Worker after those it binds. A cycle, which Validate
// refuses, is left in the order it was written in.
func ordered(workers []Worker) []Worker {
	var out []Worker
	seen := map[string]bool{}
	byName := map[string]Worker{}
	for _, w := range workers {
		byName[w.Name] = w
	}
	var visit func(w Worker)
	visit = func(w Worker) {
		if seen[w.Name] {
			return
		}
		seen[w.Name] = true
		for _, binding := range slices.Sorted(maps.Keys(w.Services)) {
			if bound, ok := byName[w.Services[binding]]; ok {
				visit(bound)
			}
		}
		out = append(out, w)
	}
	for _, w := range workers {
		visit(w)
	}
	return out
}
