package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"crane/internal/project"
	"crane/internal/toolchain"
	"crane/internal/workflow"
)

// livePage is docs/going-live.md, or a mutated copy of it, held against what
// there is: the commands, the workflows, the declarations and the doctor.
type livePage struct {
	text     string
	blocks   []block
	spans    []string
	tables   map[string]string // the first cell of a row, and the second
	fields   map[string]map[string]string
	problems []string
	*liveWorld
}

// liveWorld is what the page is about, read once for all its copies.
type liveWorld struct {
	root             project.Layout
	workflows        map[string]workflow.File
	source, makefile string
	pulumi           string
	declared         map[string]bool // the exported names of package stacks
	keys             []string        // of stack files
	help             func(program string, args ...string) string
}

// TestGoingLive: a name, a command or a setting that does not exist would send a
// user who cannot know better to somewhere that does not exist.
func TestGoingLive(t *testing.T) {
	t.Parallel()
	page := readLive(t)
	require.Empty(t, page.check())
	for _, text := range said {
		require.Contains(t, page.spans, text, "nothing says it any more")
	}
}

// TestGoingLiveMutations: each check finds what it is for.
func TestGoingLiveMutations(t *testing.T) {
	t.Parallel()
	page := readLive(t)
	for _, m := range []struct{ from, to, want string }{
		{"crane recover`", "crane repair`", `"repair" is no command of crane`},
		{"crane secrets check\n", "crane secrets verify\n", "crane secrets has no verify"},
		{"crane fetch states\n", "crane fetch states --dir x\n", "crane fetch has no --dir"},
		{"make generate\n", "make generated\n", "make has no generated"},
		{"--secrets-provider passphrase", "--secret-provider passphrase", "pulumi stack init has no --secret-provider"},
		{"stack change-secrets-provider", "stack change-secret-provider", "pulumi stack has no change-secret-provider"},
		{"export watch-db-prod --remote", "export watch-db-prod --away", "wrangler d1 export has no --away"},
		{"export watch-db-prod", "export watch-db-production", "watch-db-production is no database of production"},
		{"-f first=true", "-f begin=true", "promote.yml has no input begin"},
		{"-f rollback=true", "-f back=true", "promote.yml has no input back"},
		{"run drift.yml`", "run verify.yml`", "verify.yml cannot be started"},
		{"--ref main -f first", "--ref master -f first", "--ref is not main"},
		{"gh run watch", "gh run follow", "gh run follow is not known"},
		{"gh run list --workflow", "gh run list --file", "gh run list is not known to have --file"},
		{"curl -s https://api.github.com", "wget https://api.github.com", "nobody knows the command wget"},
		{"set CLOUDFLARE_API_TOKEN --env", "set CF_API_TOKEN --env", "the secrets that are set are not those that the workflows read"},
		{"set AWS_ACCESS_KEY_ID --env staging", "set AWS_ACCESS_KEY_ID --env production", "--env is not staging"},
		{"sha_pinning_required=true", "sha_pinning_required=false", "crane doctor does not say: gh api"},
		{"environments/production\n", "environments/prod\n", "crane doctor does not say: gh api"},
		{"| `dev:/alpha/staging` | `ADMIN_KEY`, ", "| `dev:/alpha/staging` | ", "the secrets in dev:/alpha/staging are"},
		{"| `prod:/alpha/deploy` | `CLOUDFLARE_API_TOKEN`, `PULUMI_CONFIG_PASSPHRASE`", "| `prod:/alpha/deploy` | `CLOUDFLARE_API_TOKEN`", "the secrets in prod:/alpha/deploy are"},
		{"`AWS_SESSION_TOKEN`", "`AWS_TOKEN`", "nobody knows `AWS_TOKEN`"},
		{"| `ref_type` | `branch` |", "| `ref_type` | `tag` |", "the bound claims are not those that crane doctor demands"},
		{"   | `event_name` | `workflow_dispatch` |\n", "", "the bound claims are not those that crane doctor demands"},
		{"| audiences | `crane:infisical` |", "| audiences | `https://github.com/acme` |", "audiences is not crane:infisical"},
		{"max TTL | `900` |\n   | a client", "max TTL | `9000` |\n   | a client", "max TTL is not 900"},
		{"uses | `10` |", "uses | `0` |", "uses is not 10"},
		{"client secret's TTL | 90 days", "client secret's TTL | 900 days", "TTL is not 90 days at most"},
		{"good for 14 days", "good for 40 days", "a receipt is good for 14 days"},
		{"`stacks/limits.go`", "`stacks/limit.go`", "nobody knows `stacks/limit.go`"},
		{"`drift.yml` keeps", "`nightly.yml` keeps", "nobody knows `nightly.yml`"},
		{"`ByCodeOwners`", "`ByOwners`", "nobody knows `ByOwners`"},
		{"`production has no state`", "`production lacks a state`", "nobody knows `production lacks a state`"},
		{"`crane:infisicalIdentity` is", "`crane:identity` is", "nobody knows `crane:identity`"},
		{"checks to pass: `verify`", "checks to pass: `tests`", "nobody knows `tests`"},
		{"\tOwnerID: ", "\tOwner: ", "Gate has no field Owner"},
		{"var ProductionGate = Gate{", "var ProductionGate = Gate(", "does not parse"},
		{"var Staging = Stack{", "var Stage = Stack{", "stacks declares no Stage"},
		{`Repository:   "acme/crane"`, `Repository:   "acme"`, "the gate cannot be used"},
		{"state-production?endpoint=https://222", "state-production?endpoint=https://111", "the state of production is not on its account"},
		{"region=auto&s3ForcePathStyle=true\",\n}\n\nvar", "region=auto&pathStyle=true\",\n}\n\nvar", "Pulumi takes no pathStyle"},
		{"crane:domain: acme.", "crane:host: acme.", "Pulumi.production.yaml: crane:domain is missing"},
		{"crane:infisicalClient: 2f", "crane:infisicalUser: 2f", "Pulumi.yaml describes no crane:infisicalUser"},
		{`crane:accountId: "22222222222222222222222222222222"`, `crane:accountId: "11111111111111111111111111111111"`, "Pulumi.production.yaml has another account"},
		{"crane:infisical: https://eu", "crane:infisical: http://eu", "only this machine is asked without https"},
		{"### The way back\n", "### The road back\n", "the summary has no ### The road back"},
		{"| Database | head | pending |", "| Database | head | due |", "the summary has no | Database | head | due |"},
		{"production.md#going-back", "production.md#going-home", "there is no heading going-home in production.md"},
		{"(secrets.md)", "(secret.md)", "there is no secret.md"},
	} {
		t.Run(m.want, func(t *testing.T) {
			require.Contains(t, page.text, m.from)
			copied := page.with(strings.Replace(page.text, m.from, m.to, 1))
			require.Contains(t, strings.Join(copied.check(), "\n"), m.want)
		})
	}
}

func readLive(t *testing.T) *livePage {
	t.Helper()
	root, err := project.Root(".")
	require.NoError(t, err)
	w := &liveWorld{root: project.Layout{Root: root}, workflows: map[string]workflow.File{}, declared: map[string]bool{}}
	all, err := workflow.Read(filepath.Join(root, workflow.Dir))
	require.NoError(t, err)
	for _, f := range all {
		w.workflows[f.Name] = f
	}
	read := func(name string) []byte {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		return text
	}
	w.makefile = string(read("Makefile"))
	var described struct{ Config map[string]any }
	require.NoError(t, yaml.Unmarshal(read("Pulumi.yaml"), &described))
	w.keys = append(slices.Collect(maps.Keys(described.Config)), "cloudflare:apiHostname")
	require.NoError(t, w.readSource())
	w.help = asking(w.root)
	w.pulumi, err = toolchain.Toolchain{Layout: w.root, Path: os.Getenv("PATH")}.Pulumi()
	require.NoError(t, err)
	return (&livePage{liveWorld: w}).with(string(read("docs/going-live.md")))
}

// readSource reads the Go files of the commands: what they say is quoted.
func (w *liveWorld) readSource() error {
	var all strings.Builder
	for _, dir := range []string{"cmd/crane", "internal", "stacks"} {
		err := filepath.WalkDir(filepath.Join(w.root.Root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			all.Write(text)
			return err
		})
		if err != nil {
			return err
		}
	}
	w.source = all.String()
	packages, err := filepath.Glob(filepath.Join(w.root.Root, "stacks", "*.go"))
	for _, path := range packages {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.IsExported() {
				w.declared[id.Name] = true
			}
			return true
		})
	}
	return err
}

// asking gives what asks a program for its help, each question once.
func asking(l project.Layout) func(string, ...string) string {
	var lock sync.Mutex
	known := map[string]string{}
	return func(program string, args ...string) string {
		lock.Lock()
		defer lock.Unlock()
		key := strings.Join(append([]string{program}, args...), " ")
		if _, ok := known[key]; !ok {
			cmd := exec.Command(program, slices.Concat(args, []string{"--help"})...)
			cmd.Dir = l.Workers()
			cmd.Env = append(os.Environ(), "PULUMI_SKIP_UPDATE_CHECK=true", "WRANGLER_SEND_METRICS=false", "CI=1")
			out, _ := cmd.CombinedOutput() // help of what does not exist fails, and says something else
			known[key] = string(out)
		}
		return known[key]
	}
}

var (
	inlineSpan = regexp.MustCompile("`([^`\n]+)`")
	tableRow   = regexp.MustCompile(`(?m)^ *\| *(.+?) *\| *(.+?) *\|`)
)

// with is a page of another text.
func (p *livePage) with(text string) *livePage {
	p = &livePage{text: text, liveWorld: p.liveWorld, tables: map[string]string{}, fields: map[string]map[string]string{}}
	indented := regexp.MustCompile("(?m)^ +(```)").ReplaceAllString(text, "$1")
	p.blocks = fenced(indented)
	prose := fence.ReplaceAllString(indented, "")
	for _, m := range inlineSpan.FindAllStringSubmatch(prose, -1) {
		p.spans = append(p.spans, m[1])
	}
	for _, m := range tableRow.FindAllStringSubmatch(prose, -1) {
		p.tables[strings.Trim(m[1], "`")] = strings.Trim(m[2], "`")
	}
	return p
}

func (p *livePage) say(format string, args ...any) {
	p.problems = append(p.problems, fmt.Sprintf(format, args...))
}

// check gives all problems of the page.
func (p *livePage) check() []string {
	p.problems = nil
	for _, b := range p.blocks {
		switch b.language {
		case "sh":
			for _, c := range commandsOf(b.text) {
				p.command(c)
			}
		case "go":
			p.code(b.text)
		case "yaml":
			p.stackFile(b.text)
		case "markdown":
			p.shown(b.text)
		}
	}
	p.declarations()
	p.settings()
	p.kept()
	p.links()
	for _, span := range p.spans {
		p.span(span)
	}
	return p.problems
}
