package main

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"crane/stacks"
)

// errKept means that production keeps what an update would delete.
var errKept = errors.New("latched")

// keeper decides what may be deleted.
type keeper struct {
	// fleet is what there is, and retire what there may no longer be.
	fleet  stacks.Fleet
	retire stacks.Retire
	// verified is whether this run came through the gate, and preview whether it
	// deletes nothing anyway.
	verified, preview bool
}

// ask is the hook: its error keeps the resource.
func (k keeper) ask(args *pulumi.ResourceHookArgs) error {
	resource := latched{string(args.Type), args.Name}
	switch {
	case !k.retired()[resource]:
		return keep(args.Name, "stacks/production.go does not name it in ProductionRetire",
			"to retire it, name it there and promote; then take it out of the fleet and promote again")
	case k.current()[resource]:
		return keep(args.Name, "the fleet still has it, so that it would be replaced and not retired",
			"undo what replaces it; docs/production.md says how to rename")
	case !k.verified && !k.preview:
		return keep(args.Name, "only a promotion retires", "crane promote, in the promote workflow")
	}
	return nil
}

func keep(name, why, next string) error {
	return fmt.Errorf("%w: %s was kept: %s\nhint: %s", errKept, name, why, next)
}

// latched is one resource that has the hook.
type latched struct{ kind, name string }

func (k keeper) retired() map[latched]bool { return belonging(k.retire.Workers, k.retire.Databases) }

func (k keeper) current() map[latched]bool {
	var workers, databases []string
	for _, w := range k.fleet.Workers {
		workers = append(workers, w.Name)
	}
	for _, d := range k.fleet.Databases {
		databases = append(databases, d.Name)
	}
	return belonging(workers, databases)
}

// belonging are the resources with the hook that such Workers and databases have.
func belonging(workers, databases []string) map[latched]bool {
	out := map[latched]bool{}
	for _, name := range workers {
		out[latched{stacks.ScriptType, stacks.ScriptName(name)}] = true
	}
	for _, name := range databases {
		out[latched{stacks.DatabaseType, stacks.D1Name(name)}] = true
		out[latched{migrationsType, migrationsName(name)}] = true
	}
	return out
}

const migrationsType = "crane:index:Migrations"

func migrationsName(database string) string { return database + "-migrations" }
