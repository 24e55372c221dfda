package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"crane/stacks"
)

// again makes what exists what the state had, once the state knows what exists.
// Like every command here it names its stack: the shell may be on another one.
const again = "pulumi up --stack staging --refresh --yes"

// lookup is for what could not be read for a reason that is not known.
const lookup = "mend what is said above, then run the same command again"

// advise gives every finding its next command. The same one mends all, after
// what only a single finding needs.
func (r *Report) advise(p Project, all preview) {
	files, commands := p.files(all), mending(r.Drift)
	for i := range r.Drift {
		f := &r.Drift[i]
		f.Next, f.rank = files+p.Ready+strings.Join(commands, " && "), 2
		own, more := p.own(all, *f)
		switch {
		case f.Kind == Unread:
			f.Next, f.rank = unread(all, *f), 0
		case len(own) > 0 && more:
			f.Next, f.rank = files+p.Ready+strings.Join(slices.Concat(own, commands), " && "), 1
		case len(own) > 0:
			f.Next, f.rank = p.Ready+strings.Join(own, " && "), 1
		}
	}
}

// unread is what helps a provider to read a resource.
func unread(all preview, f Finding) string {
	what, next := all.said(f.URN, "error")
	return cmp.Or(next, Outage(what), lookup)
}

// mending is what mends what was found. A refresh stops at a database that is
// gone, so that one, with everything that was made on it, is dropped from the
// state first; what still exists is taken over again.
func mending(found []Finding) []string {
	var commands []string
	for _, f := range found {
		if f.Type == stacks.DatabaseType && f.Kind == Gone {
			commands = append(commands, drop(f.URN))
		}
	}
	if len(commands) == 0 {
		return []string{again}
	}
	slices.Sort(commands)
	return append(commands, "crane recover", again)
}

// drop takes a resource, and what depends on it, out of the state only.
func drop(urn string) string {
	return fmt.Sprintf("pulumi state delete --stack staging --target-dependents --yes '%s'", urn)
}

// unseen are the secrets of the Workers that the state has.
func (p Project) unseen(all preview) []Unseen {
	out := []Unseen{}
	for _, w := range p.Fleet.Workers {
		i := slices.IndexFunc(all.Steps, func(s step) bool { return s.name() == stacks.ScriptName(w.Name) && s.kind() == stacks.ScriptType })
		if i < 0 || len(w.Secrets) == 0 {
			continue
		}
		out = append(out, Unseen{Worker: w.Name, Secrets: secrets(w), Next: p.Ready + drop(all.Steps[i].URN) + " && crane up"})
	}
	return out
}

func secrets(w stacks.Worker) []string {
	var names []string
	for name := range w.Secrets {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
