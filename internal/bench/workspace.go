package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"crane/internal/project"
	"crane/stacks"
)

// workspace is a copy of the project with a home and a local Cloudflare of its
// own, in a temporary folder.
type workspace struct {
	Config
	project.Layout
	folder string
	env    []string
}

// open makes a copy with the tools of the project, as a clean clone would have
// it after make.
func (c Config) open(ctx context.Context) (*workspace, error) {
	folder, err := os.MkdirTemp(c.Temp, "crane-bench-*")
	if err != nil {
		return nil, err
	}
	w := &workspace{Config: c, Layout: project.Layout{Root: filepath.Join(folder, "crane")}, folder: folder}
	for _, step := range []func(context.Context) error{w.setHome, w.copyFiles, w.linkTools, w.linkPackages, w.movePorts, w.commit} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, os.RemoveAll(folder))
		}
	}
	return w, nil
}

// close stops what runs in the copy and removes it, even after an interrupt.
func (w *workspace) close(ctx context.Context) error {
	return errors.Join(w.stop(context.WithoutCancel(ctx)), os.RemoveAll(w.folder))
}

// stop ends the local Cloudflare if it runs.
func (w *workspace) stop(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(w.Local(), "server.json")); err != nil {
		return nil
	}
	return w.run(ctx, w.Root, w.crane(), "local", "stop")
}

// reset goes back to a project that was never brought up.
func (w *workspace) reset(ctx context.Context) error {
	err := w.stop(ctx)
	return errors.Join(err, os.RemoveAll(w.Local()), os.RemoveAll(filepath.Join(w.Root, stacks.Staging.Backend)))
}

// prepare writes the part's fleet and builds what depends on it.
func (w *workspace) prepare(ctx context.Context, p part) error {
	w.progress("%s: copying and building", p.name)
	if p.pairs > 0 {
		if err := w.generate(p); err != nil {
			return err
		}
	}
	for target, folder := range map[string]string{w.crane(): "./cmd/crane", filepath.Join(w.Bin(), "infra"): "./infra"} {
		if err := w.run(ctx, w.Root, "go", "build", "-buildvcs=false", "-o", target, folder); err != nil { // as make does
			return err
		}
	}
	return w.run(ctx, w.Root, w.crane(), "generate")
}

func (w *workspace) crane() string { return filepath.Join(w.Build(), "crane") }
