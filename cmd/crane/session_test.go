package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"crane/internal/project"
	"crane/internal/toolchain"
)

func TestMain(m *testing.M) {
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
// what is compiled the same in every session's folder.
func (w *workshop) build(t *testing.T) {
	t.Helper()
	w.built = w.root.Hidden("test")
	for target, pkg := range map[string]string{
		"infra": "./infra", "pulumi-resource-crane": "./provider", "pulumi-resource-cloudflare": "./cmd/pulumi-resource-cloudflare",
	} {
		cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", filepath.Join(w.built, target), pkg)
		cmd.Dir = w.root.Root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("building %s: %v\n%s", pkg, err, out)
		}
	}
}
