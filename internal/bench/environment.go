package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"crane/internal/hint"
)

// setHome gives the commands an environment in which nothing of the user's own
// tools, logins and settings is left but where Go keeps what it has built.
func (w *workspace) setHome(ctx context.Context) error {
	home, temp := filepath.Join(w.folder, "home"), filepath.Join(w.folder, "tmp")
	if err := errors.Join(os.Mkdir(w.Root, 0o755), os.Mkdir(home, 0o755), os.Mkdir(temp, 0o755)); err != nil {
		return err
	}
	for _, pair := range w.Environ {
		if name, _, _ := strings.Cut(pair, "="); !foreign(name) {
			w.env = append(w.env, pair)
		}
	}
	out, err := w.output(ctx, w.Project.Root, "go", "env", "GOCACHE", "GOMODCACHE", "GOPATH")
	if err != nil {
		return hint.Wrap(err, "make tools")
	}
	dirs := strings.Fields(out)
	w.env = append(w.env, "GOCACHE="+dirs[0], "GOMODCACHE="+dirs[1], "GOPATH="+dirs[2], "HOME="+home, "TMPDIR="+temp, "CI=1")
	return nil
}

// foreign reports whether a variable could point a command elsewhere.
func foreign(name string) bool {
	for _, prefix := range []string{"CRANE_", "PULUMI_", "CLOUDFLARE_", "CF_", "WRANGLER_", "SSL_CERT_", "NODE_", "AWS_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// getenv is the variable that the commands have: of two, the later one.
func (w *workspace) getenv(name string) string {
	for _, pair := range slices.Backward(slices.Concat(w.Environ, w.env)) {
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}

// enter takes over the exports of `crane env`, as a shell would.
func (w *workspace) enter(ctx context.Context) error {
	out, err := w.output(ctx, w.Root, w.crane(), "env")
	if err != nil {
		return err
	}
	for line := range strings.Lines(out) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "export ")
		if name, value, ok := strings.Cut(line, "="); ok {
			w.env = append(w.env, name+"="+unquoted(value))
		}
	}
	modules := filepath.Join(w.Workers(), "node_modules", ".bin")
	w.env = append(w.env, "PATH="+w.getenv("PATH")+string(filepath.ListSeparator)+modules)
	return nil
}

// unquoted undoes a shell's single quotes.
func unquoted(s string) string {
	return strings.ReplaceAll(strings.Trim(s, "'"), `'\''`, "'")
}
