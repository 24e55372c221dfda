package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"crane/internal/hint"
	"crane/internal/toolchain"
)

// copyFiles copies what git has, and what is about to be committed.
func (w *workspace) copyFiles(ctx context.Context) error {
	out, err := w.output(ctx, w.Project.Root, "git", "ls-files", "-co", "--exclude-standard")
	if err != nil {
		return err
	}
	for _, name := range strings.Fields(out) {
		if err := copyFile(filepath.Join(w.Project.Root, name), filepath.Join(w.Root, name)); err != nil {
			return err
		}
	}
	return nil
}

// copyFile copies a file with its mode; one that is deleted but not yet
// committed so is left out.
func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	info, statErr := os.Stat(from)
	if err := errors.Join(err, statErr, os.MkdirAll(filepath.Dir(to), 0o755)); err != nil {
		return err
	}
	return os.WriteFile(to, text, info.Mode())
}

// linkTools takes over what does not follow from the fleet.
func (w *workspace) linkTools(context.Context) error {
	t := toolchain.Toolchain{Layout: w.Project, Path: w.getenv("PATH")}
	pulumi, err := t.Pulumi()
	if err != nil {
		return err
	}
	links := map[string]string{
		filepath.Join(w.Root, "provider", "pulumi-resource-crane"): filepath.Join(w.Project.Build(), "provider"),
		filepath.Join(w.Bin(), "pulumi"):                           pulumi,
		filepath.Join(w.Bin(), "pulumi-language-go"):               filepath.Join(filepath.Dir(pulumi), "pulumi-language-go"),
		filepath.Join(w.PulumiHome(), "plugins"):                   filepath.Join(w.Project.PulumiHome(), "plugins"),
		w.Hidden("stamps"):                                         w.Project.Hidden("stamps"),
	}
	for link, target := range links {
		if err := symlink(target, link); err != nil {
			return err
		}
	}
	return nil
}

// linkPackages links the npm packages one by one, so that a package of the
// project's own leads into this copy.
func (w *workspace) linkPackages(context.Context) error {
	from, to := filepath.Join(w.Project.Workers(), "node_modules"), filepath.Join(w.Workers(), "node_modules")
	entries, err := os.ReadDir(from)
	if err != nil {
		return hint.Wrap(fmt.Errorf("%w: %w", ErrTools, err), "make tools")
	}
	for _, e := range entries {
		if e.Name() == "@crane" {
			continue
		}
		if err := symlink(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return symlink("../../shared", filepath.Join(to, "@crane", "shared"))
}

func symlink(target, link string) error {
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		return err
	}
	return os.Symlink(target, link)
}

// commit makes a clone of the copy, because Go asks git about it at each build.
func (w *workspace) commit(ctx context.Context) error {
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"commit", "-qm", "a clean clone"}} {
		args = append([]string{"-c", "user.name=bench", "-c", "user.email=bench@example.com"}, args...)
		if err := w.run(ctx, w.Root, "git", args...); err != nil {
			return err
		}
	}
	return nil
}
