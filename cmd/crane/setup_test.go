package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"crane/internal/local"
	"crane/internal/project"
	"crane/stacks/stackstest"
)

// setup gives a session its project, and leaves no process and no secret
// behind, whatever the session did.
func (w *workshop) setup(env *testscript.Env) error {
	l, err := w.lay(env)
	seen := env.T().(*witness)
	seen.layout, seen.home, seen.work = l, env.Getenv("HOME"), env.WorkDir
	env.Values["github"] = &onGitHub{seen: seen}
	env.Defer(func() { stopLocal(l); seen.inspect() })
	env.Cd = l.Root
	return err
}

// lay makes a clean clone of the project in $WORK/crane, as a rehearsal whatever
// the project itself is on, with free ports of its own, a fresh HOME, and the tools as make tools would leave them.
func (w *workshop) lay(env *testscript.Env) (project.Layout, error) {
	l := project.Layout{Root: filepath.Join(env.WorkDir, "crane")}
	for _, step := range []func(project.Layout, *testscript.Env) error{
		w.copyProject, rehearsed, w.linkTools, prebuilt, ownPorts, commit, environment,
	} {
		if err := step(l, env); err != nil {
			return l, err
		}
	}
	return l, nil
}

func (w *workshop) copyProject(l project.Layout, _ *testscript.Env) error {
	for _, name := range w.files {
		text, err := os.ReadFile(filepath.Join(w.root.Root, name))
		if errors.Is(err, os.ErrNotExist) {
			continue // deleted, but not yet committed so
		}
		info, statErr := os.Stat(filepath.Join(w.root.Root, name))
		if err := errors.Join(err, statErr, os.MkdirAll(filepath.Dir(filepath.Join(l.Root, name)), 0o755)); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(l.Root, name), text, info.Mode()); err != nil {
			return err
		}
	}
	return nil
}

// rehearsed puts the clone on the local Cloudflare.
func rehearsed(l project.Layout, _ *testscript.Env) error { return stackstest.Write(l.Root) }

// linkTools makes what make tools and npm ci would make.
func (w *workshop) linkTools(l project.Layout, _ *testscript.Env) error {
	plugin := filepath.Join(l.PulumiHome(), "plugins", "resource-cloudflare-v5.49.1")
	for _, dir := range []string{l.Bin(), plugin} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	links := map[string]string{
		filepath.Join(l.Root, "provider", "pulumi-resource-crane"): filepath.Join(w.built, "pulumi-resource-crane"),
		filepath.Join(plugin, "pulumi-resource-cloudflare"):        filepath.Join(w.built, "pulumi-resource-cloudflare"),
		filepath.Join(l.Bin(), "pulumi"):                           w.pulumi,
		filepath.Join(l.Bin(), "pulumi-language-go"):               filepath.Join(filepath.Dir(w.pulumi), "pulumi-language-go"),
		filepath.Join(l.Workers(), "node_modules"):                 filepath.Join(w.root.Workers(), "node_modules"),
	}
	for link, target := range links {
		if err := os.Symlink(target, link); err != nil {
			return err
		}
	}
	if err := exec.Command("cp", "-R", w.root.Hidden("stamps"), l.Hidden("stamps")).Run(); err != nil {
		return err
	}
	// Copied, because Pulumi's language host replaces it.
	return exec.Command("cp", filepath.Join(w.built, "infra"), filepath.Join(l.Bin(), "infra")).Run()
}

// prebuilt has Pulumi run the program as it was built once, in the sessions that
// do not change it: whether Go has anything to build takes half of every
// command. The first session, up, and the README build as a user's project does.
func prebuilt(l project.Layout, env *testscript.Env) error {
	name := strings.TrimPrefix(filepath.Base(env.WorkDir), "script-")
	files, err := filepath.Glob("testdata/" + name + ".txtar")
	if more, _ := filepath.Glob("testdata/threats/" + name + ".txtar"); len(more) > 0 {
		files = append(files, more...)
	}
	if err != nil || len(files) != 1 || name == "up" {
		return err
	}
	script, err := os.ReadFile(files[0])
	if err != nil || changesGo.Match(script) {
		return err
	}
	file := filepath.Join(l.Root, "Pulumi.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, bytes.Replace(text, []byte("buildTarget:"), []byte("binary:"), 1), 0o644)
}

// changesGo is a session that changes Go code, or goes back to a commit, whose
// program is built beside this one.
var changesGo = regexp.MustCompile(`(?m)(replace|cp \S+|rm) (stacks|infra)/|--rollback|inputs.rollback=true`)

// ownPorts moves the stack files to ports that are free now.
func ownPorts(l project.Layout, env *testscript.Env) error {
	var held []net.Listener
	defer func() {
		for _, h := range held {
			h.Close()
		}
	}()
	moved := []string{}
	for _, name := range []string{"7701", "7702", "7703"} {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		held = append(held, free)
		port := fmt.Sprint(free.Addr().(*net.TCPAddr).Port)
		moved = append(moved, ":"+name, ":"+port)
		env.Setenv(map[string]string{"7701": "API", "7702": "WORKERS", "7703": "INFISICAL"}[name], port)
	}
	for _, stack := range []string{"staging", "production"} {
		text, err := os.ReadFile(l.StackFile(stack))
		if err != nil {
			return err
		}
		if err := os.WriteFile(l.StackFile(stack), []byte(strings.NewReplacer(moved...).Replace(string(text))), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func commit(l project.Layout, env *testscript.Env) error {
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"commit", "-qm", "a clean clone"}} {
		cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
		cmd.Dir = l.Root
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w\n%s", args[0], err, out)
		}
	}
	return nil
}

// environment is a new user's, with the machine's Go caches, so that nothing is
// compiled or downloaded twice.
func environment(l project.Layout, env *testscript.Env) error {
	home := filepath.Join(env.WorkDir, "home")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return err
	}
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE", "GOPATH").Output()
	if err != nil {
		return err
	}
	goEnv := strings.Fields(string(out))
	env.Setenv("HOME", home)
	env.Setenv("GOCACHE", goEnv[0])
	env.Setenv("GOMODCACHE", goEnv[1])
	env.Setenv("GOPATH", goEnv[2])
	env.Setenv("GOFLAGS", "-trimpath -buildvcs=false")
	env.Setenv("GIT_AUTHOR_NAME", "a user")
	env.Setenv("GIT_AUTHOR_EMAIL", "user@example.com")
	env.Setenv("GIT_COMMITTER_NAME", "a user")
	env.Setenv("GIT_COMMITTER_EMAIL", "user@example.com")
	env.Setenv("GOGC", "400") // hundreds of programs that live for a second
	env.Setenv("PATH", os.Getenv("PATH")+string(filepath.ListSeparator)+filepath.Join(l.Workers(), "node_modules", ".bin"))
	env.Setenv("CI", "1") // wrangler asks nothing and looks nothing up
	env.Setenv("ROOT", l.Root)
	return nil
}

// stopLocal ends the local Cloudflare of a session if it runs.
func stopLocal(l project.Layout) {
	c := local.Config{Dir: l.Local()}
	if err := local.Stop(context.Background(), c); err != nil && !errors.Is(err, local.ErrNotRunning) {
		panic(err)
	}
}
