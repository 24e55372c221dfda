package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"crane/internal/deployed"
	"crane/internal/project"
	"crane/stacks"
)

// What a stack's state can be to this shell.
const (
	readable   = "readable"
	unreadable = "unreadable"
	// none means that there is no state, or nothing in it.
	none = "none"
)

// errRemote means that a state is where this shell has no key.
var errRemote = errors.New("it is not in a folder of this machine")

// read reads a stack's state, which changes nothing and needs no passphrase. A
// state that cannot be read is no error: the Workers answer without it.
func (w world) read(ctx context.Context, l project.Layout, s stacks.Stack, env func(project.Layout) ([]string, error)) view {
	v := view{stack: s, state: none}
	if !begun(l, s) {
		return v
	}
	text, err := w.export(ctx, l, s, env)
	if errors.Is(err, errNoStack) {
		return v
	}
	if err == nil {
		v.deployed, err = deployed.Parse(text)
	}
	if err != nil {
		v.state, v.reason = unreadable, err
	} else if len(v.deployed.Workers)+len(v.deployed.Databases) > 0 {
		v.state = readable
	}
	return v
}

// begun reports whether there may be a state. Pulumi would begin one in order to
// say that there is none.
func begun(l project.Layout, s stacks.Stack) bool {
	_, err := os.Stat(filepath.Join(l.Root, s.Backend, ".pulumi"))
	return !s.LocalState() || !errors.Is(err, fs.ErrNotExist)
}

// errNoStack means that a backend does not have the stack.
var errNoStack = errors.New("no such stack")

// export is `pulumi stack export`, of which nobody hears.
func (w world) export(ctx context.Context, l project.Layout, s stacks.Stack, env func(project.Layout) ([]string, error)) ([]byte, error) {
	environ, err := env(l)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var out, said bytes.Buffer
	quiet := w
	quiet.stderr = &said
	err = quiet.pulumiIn(ctx, l, l.Root, environ, &out, nil, "stack", "export", "--stack", s.Name)
	if strings.Contains(said.String(), "no stack named") {
		return nil, errNoStack
	}
	if _, cause, ok := strings.Cut(said.String(), "error: "); ok && err != nil {
		return nil, errors.New(strings.Join(strings.Fields(cause), " "))
	}
	return out.Bytes(), err
}

// reading is the environment in which production's state is read. It has no
// passphrase, so that secrets stay as they are encrypted, and nothing of the
// caller's that could lead Pulumi elsewhere. A state that others share takes keys
// that only the workflow has.
func (w world) reading(l project.Layout) ([]string, error) {
	if !stacks.Production.LocalState() {
		return nil, errRemote
	}
	env := []string{
		"PATH=" + w.path(l),
		"PULUMI_BACKEND_URL=" + backend(l, stacks.Production),
		"PULUMI_HOME=" + l.PulumiHome(),
		"PULUMI_SKIP_UPDATE_CHECK=true",
	}
	for _, name := range []string{"HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ"} {
		if value := w.getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env, nil
}
