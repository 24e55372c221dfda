package workflow_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"crane/internal/workflow"
	"crane/stacks"
)

const root = "../../"

func read(t *testing.T) []workflow.File {
	t.Helper()
	files, err := workflow.Read(root + workflow.Dir)
	require.NoError(t, err)
	return files
}

// TestPolicy is the rule for whoever changes a workflow.
func TestPolicy(t *testing.T) {
	t.Parallel()
	files := read(t)
	require.Len(t, files, 5)
	require.Empty(t, workflow.Check(files, stacks.ProductionGate))
}

// TestActionlint: without shellcheck and pyflakes, which are on some machines and
// not on others; what they would look at is one command a step.
func TestActionlint(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	linter, err := actionlint.NewLinter(&out, &actionlint.LinterOptions{Shellcheck: "", Pyflakes: "", Color: actionlint.ColorOptionKindNever})
	require.NoError(t, err)
	paths, err := filepath.Glob(root + workflow.Dir + "/*.yml")
	require.NoError(t, err)
	require.Len(t, paths, 5)
	problems, err := linter.LintFiles(paths, nil)
	require.NoError(t, err)
	require.Empty(t, problems, out.String())
}

// TestGate: the gate lets a token of these two jobs through, and they are there.
func TestGate(t *testing.T) {
	t.Parallel()
	for _, want := range []stacks.Workflow{stacks.ProductionGate.Promote, stacks.ProductionGate.Deploy} {
		var events, environments []string
		for _, f := range read(t) {
			if f.Name != want.File {
				continue
			}
			for _, trigger := range f.Triggers {
				events = append(events, trigger.Event)
			}
			for _, j := range f.Jobs {
				if j.Environment.Text != "" {
					environments = append(environments, j.Environment.Text)
				}
			}
		}
		require.Equal(t, []string{want.Event}, events)
		require.Equal(t, []string{want.Environment}, environments)
	}
}

// TestParse: what is not a workflow is an error, or a workflow that Check refuses.
func TestParse(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                         "EOF",
		"# nothing\n":              "EOF",
		"[]":                       "cannot unmarshal",
		"jobs: []":                 "cannot unmarshal",
		"name: [":                  "did not find",
		"env: text":                "a mapping is expected",
		"name: [a]":                "line 1: one value is expected",
		"jobs: {a: {steps: text}}": "cannot unmarshal",
	} {
		_, err := workflow.Parse("a.yml", []byte(text))
		require.ErrorIs(t, err, workflow.ErrMalformed, text)
		require.ErrorContains(t, err, says)
	}
	for _, text := range []string{"null", "jobs: {promote: null}", "jobs: {promote: {steps: [null]}}", "on: push"} {
		f, err := workflow.Parse("promote.yml", []byte(text))
		require.NoError(t, err, text)
		require.NotEmpty(t, workflow.Check([]workflow.File{f}, stacks.ProductionGate))
	}
	_, err := workflow.Read(t.TempDir() + "/none")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestSteps: what a job runs, in order, with nothing left out.
func TestSteps(t *testing.T) {
	t.Parallel()
	steps, err := workflow.Steps(read(t), "promote.yml", "promote")
	require.NoError(t, err)
	var verbs []string
	for _, s := range steps {
		if s.Verb() != "" {
			verbs = append(verbs, s.Verb())
		}
	}
	require.Equal(t, []string{"fetch", "promote", "preview-state"}, verbs)
	i := slices.IndexFunc(steps, func(s workflow.Step) bool { return strings.HasPrefix(s.Run.Text, "git checkout") })
	require.Equal(t, "${{ !inputs.rollback }}", steps[i].If.Text)

	_, err = workflow.Steps(read(t), "promote.yml", "deploy")
	require.ErrorIs(t, err, workflow.ErrNone)
	require.ErrorContains(t, err, "deploy in promote.yml")
}

// TestBeginnings: what a job begins with, for the case that it does not come to its
// end, is there to be copied.
func TestBeginnings(t *testing.T) {
	t.Parallel()
	var copied []string
	for _, f := range read(t) {
		for _, j := range f.Jobs {
			for _, s := range j.Steps {
				if _, command, ok := strings.Cut(s.Run.Text, "&& cp "); ok {
					from, _, _ := strings.Cut(command, " ")
					copied = append(copied, f.Name+": "+from)
					text, err := os.ReadFile(root + from)
					require.NoError(t, err)
					require.Contains(t, string(text), "is not known")
				}
			}
		}
	}
	require.Equal(t, []string{"drift.yml: .github/inspection-failed.md", "preview.yml: .github/preview-failed.md"}, copied)
}

// TestOwners: every file that decides who may change production has an owner, and
// no line is about a file that is gone.
func TestOwners(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(root + ".github/CODEOWNERS")
	require.NoError(t, err)
	var owned []string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		require.Len(t, fields, 2, line)
		_, err := os.Stat(root + fields[0])
		require.NoError(t, err)
		owned = append(owned, fields[0])
	}
	require.Subset(t, owned, stacks.ProductionProtection.Owned)
}

// TestBuilt: whatever of this module a promotion builds and runs, with production's
// credentials, is owned, and so are the files that decide how it is built.
func TestBuilt(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if .Main}}{{$.Dir}}/{{end}}{{end}}",
		"./infra", "./provider", "./cmd/crane", "./cmd/pulumi-resource-cloudflare", "./internal/gate", "./internal/promotion")
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	top, err := filepath.Abs(root)
	require.NoError(t, err)
	built := []string{"/Makefile", "/Pulumi.yaml", "/Pulumi.production.yaml", "/go.mod", "/go.sum", "/tools/", "/.github/"}
	for _, dir := range strings.Fields(string(out)) {
		built = append(built, strings.TrimPrefix(dir, top))
	}
	require.Subset(t, built, []string{"/internal/idtoken/", "/internal/secrets/", "/internal/release/", "/internal/redact/", "/stacks/"})
	for _, path := range built {
		require.True(t, slices.ContainsFunc(stacks.ProductionProtection.Owned, func(owned string) bool {
			return path == owned || strings.HasSuffix(owned, "/") && strings.HasPrefix(path, owned)
		}), "%s is in what a promotion runs, and not in stacks.ProductionProtection.Owned", path)
	}
}

// TestDependabot: a new version of an action waits a week before it is proposed.
func TestDependabot(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(root + ".github/dependabot.yml")
	require.NoError(t, err)
	var file struct {
		Updates []struct {
			Ecosystem string `yaml:"package-ecosystem"`
			Cooldown  struct {
				Days int `yaml:"default-days"`
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	require.Len(t, file.Updates, 1)
	require.Equal(t, "github-actions", file.Updates[0].Ecosystem)
	require.GreaterOrEqual(t, file.Updates[0].Cooldown.Days, 7)
}
