// Package toolchain finds or builds what crane runs: the Pulumi CLI and its Go
// language host, the Cloudflare plugin, and the npm packages with workerd.
package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"crane/internal/hint"
	"crane/internal/project"
)

// The errors of this package.
var (
	// ErrMissing means that a tool is neither on PATH nor built yet.
	ErrMissing = errors.New("missing tool")
	// ErrBuild means that a tool could not be built; none of the others was touched.
	ErrBuild = errors.New("building a tool failed")
)

// Toolchain finds and builds tools for one project.
type Toolchain struct {
	project.Layout
	// Path is the PATH in which installed tools are looked for.
	Path string
	// Home is the user's home, where official Pulumi plugins are.
	Home string
	// Progress receives what long steps have to say.
	Progress io.Writer
}

// step is one tool: a name, and what makes sure that it is there. It returns
// the line that says what is used.
type step struct {
	name   string
	ensure func(context.Context) (string, error)
}

// Ensure makes sure that every tool is there, and says in a line each what is
// used. It is idempotent, and well under a second when there is nothing to do.
func (t Toolchain) Ensure(ctx context.Context, out io.Writer) error {
	for _, s := range []step{
		{"pulumi", t.pulumi},
		{"cloudflare plugin", t.plugin},
		{"npm packages", t.packages},
	} {
		line, err := s.ensure(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%-18s %s\n", s.name, line)
	}
	return nil
}

// lookup finds a program on the given PATH, but not in the project's own
// folder of tools.
func (t Toolchain) lookup(program string) (string, bool) {
	for _, dir := range filepath.SplitList(t.Path) {
		if dir == "" || dir == t.Bin() {
			continue
		}
		path := filepath.Join(dir, program)
		if info, err := os.Stat(path); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
			return path, true
		}
	}
	return "", false
}

// run runs a program with its output on Progress. What it printed last is in
// the error.
func (t Toolchain) run(ctx context.Context, dir, name string, args ...string) error {
	tail := &tail{}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, io.MultiWriter(t.Progress, tail), io.MultiWriter(t.Progress, tail)
	cmd.Env = append(os.Environ(), "PATH="+t.Path)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w: %s %s: %w\n%s", ErrBuild, filepath.Base(name), args[0], err, tail)
	}
	return nil
}

// tail keeps the end of a program's output.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if over := len(t.text) - 2000; over > 0 {
		t.text = t.text[over:]
	}
	return len(p), nil
}

func (t *tail) String() string { return strings.TrimSpace(string(t.text)) }

// missing is the error for a tool that somebody has to install by hand.
func missing(tool, next string) error {
	return hint.Wrap(fmt.Errorf("%w: %s is not on PATH", ErrMissing, tool), next)
}
