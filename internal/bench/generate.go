package bench

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed template
var templates embed.FS

// generate writes a fleet of pairs, a Worker and its database each, in place of
// the project's own.
func (w *workspace) generate(p part) error {
	fleet := strings.Replace(text("fleet.go.txt"), "PAIRS", strconv.Itoa(p.pairs), 1)
	if err := os.WriteFile(filepath.Join(w.Root, "stacks", "fleet.go"), []byte(fleet), 0o644); err != nil {
		return err
	}
	for i := range p.pairs {
		if err := w.generatePair(i, p.bare); err != nil {
			return err
		}
	}
	return nil
}

// generatePair writes a Worker's source and one migration or two.
func (w *workspace) generatePair(i int, bare bool) error {
	files := map[string]string{"src/index.ts": text("index.ts.txt")}
	if !bare {
		files["migrations/0001_notes.sql"] = text("0001_notes.sql")
	}
	if !bare && i%2 == 1 {
		files["migrations/0002_title.sql"] = text("0002_title.sql")
	}
	if err := os.MkdirAll(filepath.Join(w.worker(i), "migrations"), 0o755); err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(w.worker(i), name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// worker is the folder of a generated Worker.
func (w *workspace) worker(i int) string { return filepath.Join(w.Workers(), workerName(i)) }

func workerName(i int) string { return fmt.Sprintf("w%03d", i) }

// text is an embedded file, which is there or the program does not build.
func text(name string) string {
	content, err := templates.ReadFile("template/" + name)
	if err != nil {
		panic(err)
	}
	return string(content)
}
