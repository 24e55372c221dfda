// Package bench measures what crane takes: on the fleet as it is, on generated
// fleets that grow, and beside wrangler, which does a part of the same. Every
// step is a real command in a copy of the project, against a local Cloudflare
// of its own; what it asked Cloudflare is read from the request log.
package bench

import (
	"context"
	"fmt"
	"io"
	"time"

	"crane/internal/project"
)

// Config is what to measure and where.
type Config struct {
	// Project is measured in copies; nothing in it is changed. Its tools must be
	// there, as `make tools` leaves them.
	Project project.Layout
	// Runs is how often each step is measured, at least once.
	Runs int
	// Size is that of the largest generated fleet, of as many Workers as
	// databases; 0 leaves the generated fleets out.
	Size int
	// Files is how many generated migrations are applied to empty databases; 0
	// leaves them out.
	Files int
	// Only leaves out everything else: default, migrations, files, or generated;
	// empty leaves out nothing.
	Only string
	// Temp is the folder for the copies; the system's if empty.
	Temp string
	// Environ is the environment that the commands begin with.
	Environ []string
	// Progress receives a line about each step.
	Progress io.Writer
}

// Run measures, and leaves no process and no folder behind, not even when it
// fails or the context ends.
func Run(ctx context.Context, c Config) (*Report, error) {
	r := &Report{Time: time.Now().UTC().Truncate(time.Second), Runs: c.Runs}
	if err := c.check(); err != nil {
		return nil, err
	}
	for _, part := range c.parts() {
		if err := c.measure(ctx, part, r); err != nil {
			return nil, fmt.Errorf("measuring the %s fleet: %w", part.name, err)
		}
	}
	r.Machine = c.machine(ctx)
	r.conclude()
	return r, nil
}

func (c Config) check() error {
	if c.Runs < 1 || c.Size < 0 || c.Size > mostWorkers || c.Files < 0 {
		return fmt.Errorf("%w: at least one run, 0 to %d Workers, 0 files or more", ErrConfig, mostWorkers)
	}
	if len(c.parts()) == 0 {
		return fmt.Errorf("%w: there is nothing to measure with only %q: default, migrations, files and generated are known", ErrConfig, c.Only)
	}
	return nil
}

// measure does one part in a copy of its own.
func (c Config) measure(ctx context.Context, p part, r *Report) (err error) {
	w, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if closed := w.close(ctx); err == nil {
			err = closed
		}
	}()
	if err := w.prepare(ctx, p); err != nil {
		return err
	}
	for _, step := range p.steps {
		if err := step(ctx, w, p, r); err != nil {
			return err
		}
	}
	return nil
}

// progress says what is going on.
func (c Config) progress(format string, args ...any) {
	fmt.Fprintf(c.Progress, format+"\n", args...)
}
