// Command bench measures the project on this machine; `make bench` is how to
// run it. A table goes to standard output, progress to standard error.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"crane/internal/bench"
	"crane/internal/hint"
	"crane/internal/project"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return
	}
	fmt.Fprintln(os.Stderr, "error:", err)
	if next := hint.Of(err); next != "" {
		fmt.Fprintln(os.Stderr, "hint:", next)
	}
	os.Exit(1)
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	runs := flags.Int("runs", 5, "how often each step is measured")
	workers := flags.Int("workers", 100, "the size of the largest generated fleet; 0 leaves them out")
	files := flags.Int("files", 1000, "how many generated migrations are applied to an empty database; 0 leaves them out")
	only := flags.String("only", "", "measure this only: default, migrations, files, or generated, which are the fleets of --workers")
	data := flags.String("json", ".crane/bench.json", "the file for the figures")
	document := flags.String("markdown", "", "the file for the document, such as docs/performance.md")
	if err := flags.Parse(args); err != nil {
		return err
	}
	root, err := project.Root(".")
	if err != nil {
		return err
	}
	report, err := bench.Run(ctx, bench.Config{
		Project: project.Layout{Root: root}, Runs: *runs, Size: *workers, Files: *files, Only: *only,
		Environ: os.Environ(), Progress: os.Stderr,
	})
	if err != nil {
		return err
	}
	return errors.Join(report.Table(os.Stdout), save(*data, indented(report)), save(*document, report.Markdown))
}

func indented(report *bench.Report) func(io.Writer) error {
	return func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(report)
	}
}

// save writes a file, whole or not at all, unless it has no name.
func save(path string, write func(io.Writer) error) error {
	if path == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(write(f), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
