package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"crane/internal/github"
	"crane/internal/github/githubtest"
	"crane/internal/project"
	"crane/stacks"
)

// readme does what the README says, from top to bottom, as a new user in a
// clean clone would, and compares what it shows with what there is to see.
func (w *workshop) readme(t *testing.T) {
	t.Parallel()
	env := &testscript.Env{WorkDir: t.TempDir()}
	l, err := w.lay(env)
	require.NoError(t, err)
	t.Cleanup(func() { stopLocal(l) })

	workflows(t, l, env)
	text, err := os.ReadFile(filepath.Join(l.Root, "README.md"))
	require.NoError(t, err)
	blocks := fenced(ports(string(text), env))
	cmd := exec.Command("sh", "-eu", "-c", script(t, l, blocks)+envrc+examples())
	cmd.Dir, cmd.Env = l.Root, env.Vars
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))

	for _, line := range strings.Split(blocks[1].text, "\n") {
		require.Regexp(t, generalised(line), string(out), "what make up is said to show")
	}
	require.Contains(t, string(out), `"checks":{"DB":"ok"}}`)
	require.Contains(t, string(out), `"title":"first note"`)
	require.Contains(t, string(out), "\nhello\n")
	require.Contains(t, string(out), "hello        http://hello-staging.localhost:")
}

// envrc is what direnv does.
const envrc = `
. ./.envrc
test "$PULUMI_STACK" = staging
`

// examples are those of the help texts, in an order in which each can succeed.
func examples() string {
	lines := []string{""}
	for _, name := range []string{"local", "generate", "tools", "up", "recover", "env", "status", "drift", "doctor", "inspect", "migrate", "secrets", "preview-state", "preview", "release", "promote", "fetch", "comment", "issue", "down"} {
		for _, v := range verbs() {
			if v.name == name {
				lines = append(append(lines, before[name]...), exampleLines(v)...)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// before are the commands that a verb's examples take for granted.
var before = map[string][]string{
	"release": {"git add -A", "git commit -qm 'what is promoted is a commit'", "make up"},
	"comment": {"echo nothing changes > .crane/preview.md"},
	"issue":   {"echo a route is off > .crane/inspection.md"},
}

// workflows is a repository on GitHub with a pull request, on which the deploy
// workflow has published what the receipts are by then.
func workflows(t *testing.T, l project.Layout, env *testscript.Env) {
	g := githubtest.Start(t)
	g.Token("the token of a job", githubtest.All...)
	g.Add(githubtest.Issue{PullRequest: true})
	g.Publish(githubtest.Run{
		Workflow: stacks.ProductionGate.Deploy.File, Event: stacks.ProductionGate.Deploy.Event, Branch: stacks.ProductionGate.Branch,
		Commit: strings.Repeat("0", 40), Artifacts: map[string]githubtest.Artifact{"release": githubtest.Path(l.Hidden("local", "releases"))},
	})
	env.Setenv(github.APIVariable, g.URL)
	env.Setenv(github.RepositoryVariable, githubtest.Repository)
	env.Setenv(github.TokenVariable, "the token of a job")
}

// exampleLines are the indented lines at the end of a usage.
func exampleLines(v verb) []string {
	_, text, _ := strings.Cut(v.usage, "\nExample")
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		if command, ok := strings.CutPrefix(line, "  "); ok {
			lines = append(lines, command)
		}
	}
	return lines
}

// TestUsages holds what help texts have in common; readme runs their examples.
func TestUsages(t *testing.T) {
	t.Parallel()
	for _, v := range verbs() {
		require.Contains(t, v.usage, "\nusage: crane "+v.name)
		require.NotEmpty(t, exampleLines(v), v.name)
		require.Contains(t, examples(), exampleLines(v)[0])
		for _, line := range strings.Split(v.usage, "\n") {
			require.LessOrEqual(t, len(line), 100, line)
		}
	}
}

type block struct{ language, text string }

var fence = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)\n```$")

func fenced(markdown string) []block {
	var blocks []block
	for _, match := range fence.FindAllStringSubmatch(markdown, -1) {
		blocks = append(blocks, block{match[1], match[2]})
	}
	return blocks
}

// script is all commands of the README in one shell. A Go block is put where
// the fleet says that the next Worker goes. `make test` is what runs this.
func script(t *testing.T, l project.Layout, blocks []block) string {
	var lines []string
	for _, b := range blocks {
		switch b.language {
		case "sh":
			lines = append(lines, strings.ReplaceAll(b.text, "make test", ":"))
		case "go":
			file := filepath.Join(l.Root, ".crane", "block.go")
			require.NoError(t, os.WriteFile(file, []byte(b.text+"\n"), 0o644))
			lines = append(lines, `sed -i.tmp -e '/The next Worker goes here/{
r .crane/block.go
}' stacks/fleet.go`)
		}
	}
	return strings.Join(lines, "\n")
}

// ports moves the README to the session's own ports.
func ports(text string, env *testscript.Env) string {
	for name, port := range map[string]string{"API": ":7701", "WORKERS": ":7702", "INFISICAL": ":7703"} {
		text = strings.ReplaceAll(text, port, ":"+env.Getenv(name))
	}
	return text
}

var (
	digest = regexp.MustCompile(`\b[0-9a-f]{12}\b`)
	spaces = regexp.MustCompile(` +`)
)

// generalised matches a line whatever the revision and the width of its columns.
func generalised(line string) string {
	line = digest.ReplaceAllString(regexp.QuoteMeta(line), `[0-9a-f]{12}`)
	return `(?m)^` + spaces.ReplaceAllString(line, ` +`) + `$`
}
