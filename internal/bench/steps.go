package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The steps that a report has.
const (
	stepFirst   = "first-up"
	stepPreview = "no-op-preview"
	stepUp      = "no-op-up"
	stepChange  = "one-worker-change"
	stepMigrate = "migrations"
	stepPlan    = "migrate-plan"
	stepApply   = "migrate-apply"
)

// The tools that take them.
const (
	toolCrane    = "crane"
	toolPulumi   = "pulumi"
	toolWrangler = "wrangler"
)

var (
	preview = []string{"preview", "--non-interactive"}
	up      = []string{"up", "--yes", "--skip-preview", "--non-interactive"}
)

// firstUps brings up a stack that has never been, on a local Cloudflare that has
// never run, several times; firstUp does it once.
func firstUps(ctx context.Context, w *workspace, p part, r *Report) error {
	var samples []sample
	for range p.runs {
		if err := w.reset(ctx); err != nil {
			return err
		}
		s, err := w.time(ctx, w.Root, w.crane(), "up")
		if err != nil {
			return err
		}
		samples = append(samples, s)
	}
	w.note(r, summary(p, stepFirst, toolCrane, samples))
	return w.enter(ctx)
}

func firstUp(ctx context.Context, w *workspace, p part, r *Report) error {
	p.runs = 1
	return firstUps(ctx, w, p, r)
}

func previews(ctx context.Context, w *workspace, p part, r *Report) error {
	return w.repeat(ctx, p, r, stepPreview, preview)
}

func ups(ctx context.Context, w *workspace, p part, r *Report) error {
	return w.repeat(ctx, p, r, stepUp, up)
}

// repeat measures a Pulumi command that changes nothing.
func (w *workspace) repeat(ctx context.Context, p part, r *Report, name string, args []string) error {
	var samples []sample
	for range p.runs {
		s, err := w.time(ctx, w.Root, "pulumi", append(args, "--expect-no-changes")...)
		if err != nil {
			return err
		}
		samples = append(samples, s)
	}
	w.note(r, summary(p, name, toolPulumi, samples))
	return nil
}

// changes changes a line of one Worker and deploys it, with Pulumi and with
// wrangler in turns, so that both meet the same machine.
func changes(ctx context.Context, w *workspace, p part, r *Report) error {
	folder := filepath.Join(w.Workers(), "watch")
	if p.pairs > 0 {
		folder = w.worker(p.pairs / 2)
	}
	var ours, theirs []sample
	for i := range p.runs {
		if err := edit(folder, 2*i); err != nil {
			return err
		}
		s, err := w.time(ctx, w.Root, "pulumi", up...)
		if err != nil {
			return err
		}
		ours = append(ours, s)
		if err := edit(folder, 2*i+1); err != nil {
			return err
		}
		if s, err = w.time(ctx, folder, "wrangler", "deploy"); err != nil {
			return err
		}
		theirs = append(theirs, s)
	}
	w.note(r, summary(p, stepChange, toolPulumi, ours))
	w.note(r, summary(p, stepChange, toolWrangler, theirs))
	return nil
}

// edit changes a line that stays in the bundle.
func edit(folder string, n int) error {
	path := filepath.Join(folder, "src", "index.ts")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	source, _, _ := strings.Cut(string(text), "\nconsole.log(")
	return os.WriteFile(path, fmt.Appendf(nil, "%s\nconsole.log(%d);\n", source, n), 0o644)
}

// note adds a measure to the report and says so.
func (w *workspace) note(r *Report, m Measure) {
	r.Measures = append(r.Measures, m)
	w.progress("%s", m)
}
