package main

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/project"
	"crane/internal/wrangler"
	"crane/stacks"
)

// TestRunsWhenLive: a project in which the page was followed up to its commit
// passes the tests, without which its deploy.yml deploys nothing. It is not
// parallel, because it builds what the sessions run.
func TestRunsWhenLive(t *testing.T) {
	if !*full {
		t.Skip("make storm runs it: it compiles the tests anew")
	}
	w, l := prepare(t), project.Layout{Root: filepath.Join(t.TempDir(), "crane")}
	require.NoError(t, w.copyProject(l, nil))
	require.NoError(t, w.linkTools(l, nil))
	goLive(t, l)
	require.NoError(t, commit(l, nil))
	for _, args := range [][]string{
		{"./stacks/...", "./infra", "./provider", "./internal/local/infisical", "./internal/doctor", "./internal/gate", "./internal/project",
			"./internal/promotion", "./internal/release", "./internal/secrets", "./internal/toolchain", "./internal/workflow", "./internal/wrangler"},
		{"./cmd/crane", "-run", "TestGoingLive$|TestDrift|TestDoctor|TestStatus|TestSession/(usage|wrangler|staging)$"},
	} {
		cmd := exec.Command("go", append([]string{"test", "-count=1"}, args...)...)
		cmd.Dir, cmd.Env = l.Root, append(os.Environ(), "GOFLAGS=-trimpath -buildvcs=false")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
	}
}

// goLive does to a project what the page has a user do before the commit.
func goLive(t *testing.T, l project.Layout) {
	t.Helper()
	r := rehearse(t)
	out, err := r.sh(r.recipe(t, "stack init"))
	require.NoError(t, err, out)
	for _, stack := range []string{"staging", "production"} {
		salted := r.files(t)["/"+filepath.Base(l.StackFile(stack))]
		require.NoError(t, os.WriteFile(l.StackFile(stack), []byte(salted), 0o644))
		change(t, filepath.Join(l.Root, "stacks", stack+".go"), func(text string) string {
			for _, b := range r.page.blocks {
				if b.language == "go" && strings.Contains(b.text, "var "+strings.ToUpper(stack[:1])+stack[1:]+" ") {
					text = declare(t, text, b.text)
				}
			}
			return text
		})
	}
	change(t, filepath.Join(l.Root, ".github", "CODEOWNERS"), func(text string) string { return strings.ReplaceAll(text, "@operator", "@ann") })
	s, err := l.ReadSettings("staging")
	require.NoError(t, err)
	require.False(t, s.Local())
	changed, err := wrangler.Write(l.Root, stacks.Default(), s.AccountID)
	require.NoError(t, err)
	require.NotEmpty(t, changed)
}

func change(t *testing.T, file string, edit func(string) string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	edited := edit(string(text))
	require.NotEqual(t, string(text), edited, file)
	require.NoError(t, os.WriteFile(file, []byte(edited), 0o644))
}

// declare gives the declarations of a file the fields of a block of the page: those
// that they have take its values, the others come first.
func declare(t *testing.T, file, block string) string {
	t.Helper()
	for name, fields := range literals(t, "package stacks\n"+block) {
		for _, key := range fields.keys() {
			in, ok := literals(t, file)[name]
			require.True(t, ok, name)
			from, to := in.at(key)
			file = file[:from] + fmt.Sprintf("\n%s: %s,", key, fields.value(key)) + strings.TrimPrefix(file[to:], ",")
		}
	}
	text, err := format.Source([]byte(file))
	require.NoError(t, err)
	return string(text)
}

// literal is a declared value, with the text that its positions are in.
type literal struct {
	*ast.CompositeLit
	text string
}

// literals are those that a file declares, by their names.
func literals(t *testing.T, text string) map[string]literal {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", text, 0)
	require.NoError(t, err)
	all := map[string]literal{}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			all[v.Names[0].Name] = literal{v.Values[0].(*ast.CompositeLit), text}
		}
		return true
	})
	return all
}

func (l literal) keys() (keys []string) {
	for _, e := range l.Elts {
		keys = append(keys, e.(*ast.KeyValueExpr).Key.(*ast.Ident).Name)
	}
	return keys
}

func (l literal) value(key string) string {
	v := l.Elts[slices.Index(l.keys(), key)].(*ast.KeyValueExpr).Value
	return l.text[v.Pos()-1 : v.End()-1]
}

// at is where a field is in the text, from one end to the other; of one that is
// not there, where it would be.
func (l literal) at(key string) (int, int) {
	if i := slices.Index(l.keys(), key); i >= 0 {
		return int(l.Elts[i].Pos()) - 1, int(l.Elts[i].End()) - 1
	}
	return int(l.Lbrace), int(l.Lbrace)
}
