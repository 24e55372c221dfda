package drift

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"crane/stacks"
)

// This file is what an update does not mend, or not by itself.

// own are the commands that a single finding needs, and whether it needs an
// update besides.
func (p Project) own(all preview, f Finding) (commands []string, more bool) {
	s := all.step(f.URN)
	if s.ledgerLost(all) {
		return []string{baseline(s)}, false
	}
	if s.kind() == migrationsType && len(ledger(s)) == 0 && len(byHand(s)) > 0 {
		return []string{"crane migrate status --database " + s.owner()}, false
	}
	for _, name := range p.strangers(s) {
		commands = append(commands, p.deleteSecret(s, name))
	}
	return commands, f.Detail != strings.Join(listed("secret", nil, p.strangers(s)), ", ")
}

// ledger says how a ledger differs.
func ledger(s step) []string { return listed("migration", s.OldState.applied(), s.NewState.applied()) }

// byHand says what was done to a schema past the migrations, where the ledger is
// as it was. No update undoes it.
func byHand(s step) []string {
	before, after := s.OldState.schema(), s.NewState.schema()
	said := listed("schema:", keys(before), keys(after))
	for _, name := range keys(before) {
		if text, there := after[name]; there && text != before[name] {
			said = append(said, "schema: "+name+" changed")
		}
	}
	return said
}

// schema are the statements of a database's objects, by kind and name.
func (s state) schema() map[string]string {
	out := map[string]string{}
	list, _ := s.Outputs["schema"].([]any)
	for _, o := range list {
		if object, ok := o.(map[string]any); ok {
			out[fmt.Sprintf("%v %v", object["kind"], object["name"])] = fmt.Sprint(object["sql"])
		}
	}
	return out
}

// lostLedger is the crane provider's word for it, after it has looked.
const lostLedger = "the ledger is gone, the tables are there"

func (s step) ledgerLost(all preview) bool {
	text, _ := all.said(s.URN, "warning")
	return s.kind() == migrationsType && firstLine(text) == lostLedger
}

// baseline writes down what the state has as applied.
func baseline(s step) string {
	number := ""
	if names := s.OldState.applied(); len(names) > 0 {
		number, _, _ = strings.Cut(names[len(names)-1], "_")
	}
	return fmt.Sprintf("crane migrate baseline --upto %s --database %s", number, s.owner())
}

// strangers are the secrets that a script got and that nobody declared. An
// upload keeps the secrets there are, so that no update takes them away.
func (p Project) strangers(s step) []string {
	i := slices.IndexFunc(p.Fleet.Workers, func(w stacks.Worker) bool { return stacks.ScriptName(w.Name) == s.name() })
	if i < 0 || s.kind() != stacks.ScriptType || s.Op != "update" {
		return nil
	}
	before, after := named(s.OldState.Outputs[secretsProperty]), named(s.NewState.Outputs[secretsProperty])
	return slices.DeleteFunc(keys(after), func(name string) bool {
		_, declared := p.Fleet.Workers[i].Secrets[name]
		_, known := before[name]
		return declared || known
	})
}

// deleteSecret is wrangler's, in the folder where npm put it for the Worker.
func (p Project) deleteSecret(s step, name string) string {
	return fmt.Sprintf("(cd %s/workers/%s && npx wrangler secret delete '%s' --name %s)",
		p.Root, s.owner(), strings.ReplaceAll(name, "'", `'\''`), stacks.Staging.Script(s.owner()))
}

// files asks for the migrations that the databases have and the project lacks:
// without them every update is refused.
func (p Project) files(all preview) string {
	var wanted []string
	for _, s := range all.Steps {
		if s.kind() == migrationsType {
			wanted = append(wanted, p.missing(s)...)
		}
	}
	if len(wanted) == 0 {
		return ""
	}
	slices.Sort(wanted)
	return "put " + strings.Join(wanted, " and ") + ", then "
}

func (p Project) missing(s step) []string {
	db, ok := p.Fleet.Database(s.owner())
	if !ok {
		return nil
	}
	var ours, others []string
	for _, name := range s.NewState.applied() {
		if _, err := fs.Stat(p.Files, path.Join(db.Migrations, name)); err == nil {
			continue
		}
		if slices.Contains(s.OldState.applied(), name) {
			ours = append(ours, name)
		} else {
			others = append(others, name)
		}
	}
	var wanted []string
	if len(ours) > 0 {
		wanted = append(wanted, fmt.Sprintf("%s back into %s (git checkout)", strings.Join(ours, ", "), db.Migrations))
	}
	if len(others) > 0 {
		wanted = append(wanted, fmt.Sprintf("%s into %s", strings.Join(others, ", "), db.Migrations))
	}
	return wanted
}
