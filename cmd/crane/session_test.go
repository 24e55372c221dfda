package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"crane/internal/project"
	"crane/internal/toolchain"
	"crane/stacks/stackstest"
)

// TestMain: the tests, and the crane of their sessions, are on the local
// Cloudflare, whatever this project is on.
func TestMain(m *testing.M) {
	stackstest.Rehearse()
	testscript.Main(m, map[string]func(){"crane": main, "fetch": fetch})
}

// TestSession runs the sessions in testdata: a user's or an agent's commands
// against the real Pulumi CLI and a local Cloudflare of their own.
func TestSession(t *testing.T) {
	t.Parallel()
	world := prepare(t)
	t.Run("readme", world.readme)
	for _, dir := range []string{"testdata", "testdata/threats"} {
		world.sessions(t, dir)
	}
}

// sessions runs those in a folder, side by side.
func (w *workshop) sessions(t *testing.T, dir string) {
	testscript.RunT(&witness{T: t}, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Condition:           long,
		Setup:               w.setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"mark":        w.mark,
			"requests":    w.requests,
			"replace":     replaceText,
			"source":      source,
			"within":      within,
			"secret":      secret,
			"databaseid":  databaseID,
			"occupy":      occupy,
			"await":       await,
			"killserver":  killServer,
			"killupdate":  killUpdate,
			"storm":       storms,
			"fakeworkerd": w.fakeWorkerd,
			"npmpackages": w.npmPackages,
			"hinted":      hinted,
			"freeze":      w.freeze,
			"frozen":      w.frozen,
			"possess":     possess,
			"samesteps":   sameSteps,
			"job":         w.runJob,
			"github":      hub,
		},
	})
}

// long is the condition of the sessions that take minutes: make storm runs them.
func long(name string) (bool, error) {
	if name != "long" {
		return false, fmt.Errorf("there is no condition %q", name)
	}
	return *full, nil
}

// workshop is what all sessions share: the project as it is committed or about
// to be, and the tools that make tools has put there.
type workshop struct {
	root   project.Layout
	files  []string
	built  string // the folder of what build compiled
	pulumi string // the CLI, with its language host beside it
}

func prepare(t *testing.T) *workshop {
	t.Helper()
	root, err := project.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("git", "-C", root, "ls-files", "-co", "--exclude-standard").Output()
	if err != nil {
		t.Fatal("the project's files are not known: ", err)
	}
	w := &workshop{root: project.Layout{Root: root}, files: strings.Fields(string(out))}
	w.pulumi, err = toolchain.Toolchain{Layout: w.root, Path: os.Getenv("PATH")}.Pulumi()
	if err != nil {
		t.Fatal(err, ": run make test, not go test")
	}
	w.build(t)
	return w
}

// build compiles the program and the plugins once for all sessions, into a
// folder that stays, because linking them takes ten seconds. -trimpath makes
// what is compiled the same in every session's folder, and the overlay has the
// rehearsal's stacks in it, as each of them has.
func (w *workshop) build(t *testing.T) {
	t.Helper()
	w.built = w.root.Hidden("test")
	overlay := w.overlay(t)
	for target, pkg := range map[string]string{
		"infra": "./infra", "pulumi-resource-crane": "./provider", "pulumi-resource-cloudflare": "./cmd/pulumi-resource-cloudflare",
	} {
		cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-overlay", overlay, "-o", filepath.Join(w.built, target), pkg)
		cmd.Dir = w.root.Root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("building %s: %v\n%s", pkg, err, out)
		}
	}
}

// overlay is a file that has Go compile the rehearsal's stacks in the place of
// the project's, which may be live: see -overlay at https://pkg.go.dev/cmd/go.
func (w *workshop) overlay(t *testing.T) string {
	t.Helper()
	dir, replaced := t.TempDir(), map[string]string{}
	for name, text := range stackstest.Files() {
		copied := filepath.Join(dir, filepath.Base(name))
		require.NoError(t, os.WriteFile(copied, []byte(text), 0o644))
		replaced[filepath.Join(w.root.Root, name)] = copied
	}
	text, err := json.Marshal(map[string]any{"Replace": replaced})
	require.NoError(t, err)
	file := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(file, text, 0o644))
	return file
}
