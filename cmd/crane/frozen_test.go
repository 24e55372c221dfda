package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"crane/internal/local"
	"crane/internal/local/account"
	"crane/internal/project"
	"crane/stacks"
)

// freeze remembers production as it is: freeze. frozen fails when anything of it
// has changed since, or when its account was sent anything but a question:
// scripts, databases, rows and ledgers, and the resources and outputs of the
// state are compared. Pulumi's own history and times may move.
func (w *workshop) freeze(ts *testscript.TestScript, _ bool, _ []string) {
	w.mark(ts, false, nil)
	text, err := json.Marshal(production(ts))
	ts.Check(err)
	ts.Check(os.WriteFile(frozenFile(ts), text, 0o600))
}

func (w *workshop) frozen(ts *testscript.TestScript, neg bool, _ []string) {
	text, err := os.ReadFile(frozenFile(ts))
	ts.Check(err)
	var was map[string]string
	ts.Check(json.Unmarshal(text, &was))
	changed := differences(was, production(ts))
	changed = append(changed, writes(ts)...)
	if len(changed) > 0 != neg {
		ts.Fatalf("production, as it was frozen: changed %q", changed)
	}
}

func frozenFile(ts *testscript.TestScript) string {
	return filepath.Join(ts.Getenv("WORK"), "frozen.json")
}

func differences(was, is map[string]string) []string {
	var changed []string
	for name, value := range was {
		if is[name] != value {
			changed = append(changed, name)
		}
	}
	for name := range is {
		if _, there := was[name]; !there {
			changed = append(changed, "new: "+name)
		}
	}
	slices.Sort(changed)
	return changed
}

// question is a request that changes nothing. A query may: what it has changed
// shows in the rows.
var question = regexp.MustCompile(`^(GET|HEAD) |^POST .*/query$`)

// writes are the requests since the freeze that would change production, those
// that were let through.
func writes(ts *testscript.TestScript) []string {
	var out []string
	since := 0
	_, _ = fmt.Sscan(ts.Getenv("MARK"), &since)
	for _, r := range readLog(ts)[since:] {
		line := r.Method + " " + r.Path
		if r.Account == account.Production.ID && r.Status < 300 && !question.MatchString(line) {
			out = append(out, line)
		}
	}
	return out
}

// production is everything there is of it, each part by its digest.
func production(ts *testscript.TestScript) map[string]string {
	l := project.Layout{Root: ts.Getenv("ROOT")}
	all := map[string]string{}
	records(ts, l, all)
	rows(ts, l, all)
	resources(ts, l, all)
	return all
}

// records are the scripts and databases of the account, in the files of the
// local Cloudflare, but for the databases' own bookkeeping of their size.
func records(ts *testscript.TestScript, l project.Layout, all map[string]string) {
	root := filepath.Join(l.Local(), "accounts", account.Production.ID)
	ts.Check(filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.Contains(path, string(filepath.Separator)+"scripts") {
			return err
		}
		text, err := os.ReadFile(path)
		all["file "+strings.TrimPrefix(path, root)] = digestOf(text)
		return err
	}))
}

// rows are those of every table of every database.
func rows(ts *testscript.TestScript, l project.Layout, all map[string]string) {
	if _, err := (local.Config{Dir: l.Local()}).Running(); err != nil {
		ts.Fatalf("the local Cloudflare has to run: %v", err)
	}
	s := &storm{TestScript: ts, Layout: l, account: account.Production}
	for _, db := range s.databases() {
		all["database "+db.Name] = db.UUID
		for _, table := range s.rows(db.UUID, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%'") {
			name := fmt.Sprint(table["name"])
			text, err := json.Marshal(s.rows(db.UUID, fmt.Sprintf(`SELECT * FROM "%s"`, name)))
			ts.Check(err)
			all["rows "+db.Name+" "+name] = digestOf(text)
		}
	}
}

// resources are those of production's state, with its outputs.
func resources(ts *testscript.TestScript, l project.Layout, all map[string]string) {
	file := filepath.Join(l.Root, stacks.Production.Backend, ".pulumi", "stacks", "crane", stacks.Production.Name+".json")
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return
	}
	ts.Check(err)
	var state struct {
		Checkpoint struct {
			Latest struct {
				Resources []map[string]any `json:"resources"`
			} `json:"latest"`
		} `json:"checkpoint"`
	}
	ts.Check(json.Unmarshal(text, &state))
	for _, r := range state.Checkpoint.Latest.Resources {
		delete(r, "modified")
		text, err := json.Marshal(settled(r))
		ts.Check(err)
		all[fmt.Sprintf("state %v %v", r["urn"], r["delete"])] = digestOf(text)
	}
}

// settled is a part of the state without what each save makes anew: how secrets
// are encrypted, and the order of dependencies.
func settled(part any) any {
	switch p := part.(type) {
	case map[string]any:
		delete(p, "ciphertext")
		for name, inner := range p {
			p[name] = settled(inner)
			if list, ok := p[name].([]any); ok && len(list) == 0 {
				delete(p, name) // some saves leave empty lists out
			}
		}
	case []any:
		for i, inner := range p {
			p[i] = settled(inner)
		}
		if texts(p) {
			slices.SortFunc(p, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		}
	}
	return part
}

func texts(list []any) bool {
	return !slices.ContainsFunc(list, func(each any) bool { _, ok := each.(string); return !ok })
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// possess prints what deploys production, all but the gate: its state, its
// passphrase and its token. A session says `possess` where an agent would have
// got hold of them.
func possess(ts *testscript.TestScript, _ bool, _ []string) {
	l := project.Layout{Root: ts.Getenv("ROOT")}
	ts.Setenv("PULUMI_BACKEND_URL", "file://"+filepath.Join(l.Root, stacks.Production.Backend))
	ts.Setenv("PULUMI_CONFIG_PASSPHRASE", account.Production.Passphrase)
	ts.Setenv("CLOUDFLARE_API_TOKEN", account.Production.Token)
	ts.Setenv("CLOUDFLARE_ACCOUNT_ID", account.Production.ID)
}
