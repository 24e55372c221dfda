package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"crane/stacks"
)

// latches are the checks of what the states hold.
func (s Subject) latches() []Check {
	st := &states{Subject: s}
	promote := "crane promote, in the promote workflow: the program puts it back"
	return []Check{
		st.of(stacks.Production, "latches", "production's databases, scripts and migrations are latched",
			"a destroy, or an update that drops them, would delete what cannot be made again", promote, st.unlatched),
		st.of(stacks.Production, "canary", "production's state holds a secret",
			"without one a wrong passphrase is enough to destroy it", promote, canary),
		st.of(stacks.Production, "databases", "production's state has every declared database",
			"a refresh may have dropped one, and an update would not find the rows any more", "see docs/production.md, then crane promote", st.lost(stacks.Production)),
		st.of(stacks.Staging, "databases", "staging's state has every declared database",
			"a refresh may have dropped one, and an update cannot make it again", "crane up", st.lost(stacks.Staging)),
	}
}

func (s *states) of(stack stacks.Stack, id, title, why, fix string, look func(exported) Seen) Check {
	return Check{ID: "state." + stack.Name + "." + id, Title: title, Why: why, Fix: fix, look: func(ctx context.Context) Seen {
		e, err := s.read(ctx, stack)
		if err != nil {
			return e.told(stack, unreadable(stack, err))
		}
		return e.told(stack, look(e))
	}}
}

// unreadable says why a state was not seen, and how it would be.
func unreadable(stack stacks.Stack, err error) Seen {
	if errors.Is(err, ErrNoState) {
		return nowhere(err.Error())
	}
	if stack.Name == stacks.Production.Name {
		return unseen(words(err), "crane fetch states, then crane doctor; or crane doctor --state FILE, an export of production's")
	}
	return unseen(words(err), `eval "$(crane env)", with the key of the state`)
}

// unlatched holds each resource against the table in docs/production.md.
func (s *states) unlatched(e exported) Seen {
	var open []string
	n := 0
	for _, r := range e.resources {
		if lacks := s.lacks(r); len(lacks) > 0 {
			open = append(open, r.name()+" lacks "+strings.Join(lacks, ", "))
		}
		if r.Type == stacks.DatabaseType || r.Type == stacks.ScriptType {
			n++
		}
	}
	slices.Sort(open)
	return unless(strings.Join(open, "; "), fmt.Sprintf("%d databases and scripts are", n))
}

// lacks are the latches that a resource should have; of what is to be retired,
// the hook alone.
func (s *states) lacks(r resource) []string {
	var protect, retain, hook bool
	switch r.Type {
	case stacks.DatabaseType:
		kept := !s.Retire.Database(strings.TrimSuffix(r.name(), stacks.D1Name("")))
		protect, retain, hook = kept, kept, true
	case stacks.ScriptType:
		protect, hook = !s.Retire.Worker(strings.TrimSuffix(r.name(), stacks.ScriptName(""))), true
	case "crane:index:Migrations":
		hook = true
	}
	var out []string
	for _, l := range []struct {
		what      string
		want, has bool
	}{{"protect", protect, r.Protect}, {"retain on delete", retain, r.Retain}, {"the hook " + latch, hook, r.hooked()}} {
		if l.want && !l.has {
			out = append(out, l.what)
		}
	}
	return out
}

func canary(e exported) Seen {
	if !e.sealed("canary") {
		return wrong("there is no secret output canary")
	}
	return ok("it does")
}

// lost tells what the last update had, by the stack's own outputs, from what it
// has not come to.
func (s *states) lost(stack stacks.Stack) func(exported) Seen {
	return func(e exported) Seen {
		var had map[string]json.RawMessage
		_ = json.Unmarshal(e.outputs()["databases"], &had) // of another form is as none
		var gone, due []string
		for _, d := range s.Fleet.Databases {
			if _, has := e.Databases[d.Name]; has {
				continue
			}
			if _, was := had[d.Name]; was {
				gone = append(gone, d.Name)
			} else {
				due = append(due, d.Name)
			}
		}
		switch {
		case len(gone) > 0:
			return wrong("it has lost " + strings.Join(gone, ", "))
		case len(due) > 0:
			return weak("it never had " + strings.Join(due, ", ") + ": an update of " + stack.Name + " is due")
		}
		return ok(strings.Join(slices.Sorted(maps.Keys(e.Databases)), ", "))
	}
}
