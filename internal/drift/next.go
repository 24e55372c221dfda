package drift

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"crane/stacks"
)

// again makes what exists what the state had, once the state knows what exists.
const again = "pulumi up --refresh --yes"

// advise gives every finding its next command. The same one mends all, unless a
// file is needed first or a resource could not be read.
func (r *Report) advise(p Project, all preview) {
	mend := mending(r.Drift)
	for i := range r.Drift {
		f := &r.Drift[i]
		f.Next, f.rank = mend, 1
		if f.Kind == Unread {
			_, next := all.said(f.URN, "error")
			f.Next, f.rank = cmp.Or(next, "crane drift"), 0
		}
		if f.Type == migrationsType && f.Kind == Changed {
			p.needFiles(f, all)
		}
	}
}

// mending is the command that mends what was found. A refresh stops at a
// database that is gone, so that one, with everything that was made on it, is
// dropped from the state first; what still exists is taken over again.
func mending(found []Finding) string {
	var commands []string
	for _, f := range found {
		if f.Type == stacks.DatabaseType && f.Kind == Gone {
			commands = append(commands, drop(f.URN))
		}
	}
	if len(commands) == 0 {
		return again
	}
	slices.Sort(commands)
	return strings.Join(append(commands, "crane recover", again), " && ")
}

// drop takes a resource, and what depends on it, out of the state only.
func drop(urn string) string {
	return fmt.Sprintf("pulumi state delete --target-dependents --yes '%s'", urn)
}

// needFiles asks for the migrations that the database has and the project lacks.
func (p Project) needFiles(f *Finding, all preview) {
	i := slices.IndexFunc(all.Steps, func(s step) bool { return s.URN == f.URN })
	s := all.Steps[i]
	for _, db := range p.Fleet.Databases {
		if db.Name != s.owner() {
			continue
		}
		missing := slices.DeleteFunc(s.NewState.applied(), func(name string) bool {
			_, err := fs.Stat(p.Files, path.Join(db.Migrations, name))
			return err == nil
		})
		if len(missing) > 0 {
			f.Next, f.rank = fmt.Sprintf("put %s into %s, then %s", strings.Join(missing, ", "), db.Migrations, f.Next), 0
		}
	}
}

// unseen are the secrets of the Workers that the state has.
func (p Project) unseen(all preview) []Unseen {
	out := []Unseen{}
	for _, w := range p.Fleet.Workers {
		i := slices.IndexFunc(all.Steps, func(s step) bool { return s.name() == stacks.ScriptName(w.Name) && s.kind() == stacks.ScriptType })
		if i < 0 || len(w.Secrets) == 0 {
			continue
		}
		out = append(out, Unseen{Worker: w.Name, Secrets: secrets(w), Next: drop(all.Steps[i].URN) + " && crane up"})
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
