package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"crane/internal/project"
	"crane/internal/redact"
)

// witness is what a session runs under: it fails one in which a secret shows,
// in whatever any command printed, in the state, in a log, or in the HOME.
type witness struct {
	*testing.T
	layout project.Layout
	home   string
}

func (w *witness) Run(name string, session func(testscript.T)) {
	w.T.Run(name, func(t *testing.T) { session(&witness{T: t}) })
}

// Verbose keeps testscript from dropping what commands printed that succeeded.
func (w *witness) Verbose() bool { return true }

// Log gets the whole session when it ends. The command lines in it, which may
// hold a secret that the session made up, are nobody's output.
func (w *witness) Log(args ...any) {
	w.T.Helper()
	text := fmt.Sprint(args...)
	w.T.Log(text)
	for _, secret := range w.secrets() {
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "> ") {
				w.search("the session's output", line, secret)
			}
		}
	}
}

// inspect looks at what the session has left on the disk.
func (w *witness) inspect() {
	secrets := w.secrets()
	for _, place := range []string{w.layout.Hidden("state"), w.layout.PulumiHome(), w.home, w.layout.Local()} {
		err := filepath.WalkDir(place, func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || !entry.Type().IsRegular() || w.vault(path) {
				return err
			}
			text, err := os.ReadFile(path)
			for _, secret := range secrets {
				w.search(path, string(text), secret)
			}
			return err
		})
		if err != nil {
			w.Error(err)
		}
	}
}

// vault tells the files in which the local Cloudflare and the local Infisical
// keep secrets, as the real ones do. Their logs are not among them.
func (w *witness) vault(path string) bool {
	return strings.HasPrefix(path, w.layout.Local()) && !strings.HasSuffix(path, ".log") && !strings.HasSuffix(path, ".jsonl")
}

func (w *witness) search(where, text, secret string) {
	for _, form := range redact.Forms(secret) {
		if strings.Contains(text, form) {
			w.Errorf("a secret shows in %s as %q:\n%.300s", where, form, text)
			return
		}
	}
}

// secrets are all that the local Infisical holds in the end.
func (w *witness) secrets() (values []string) {
	text, err := os.ReadFile(filepath.Join(w.layout.Local(), "infisical.json"))
	if err != nil {
		return nil // a session without a local Cloudflare has none
	}
	var all map[string]map[string]map[string]map[string]string
	if err := json.Unmarshal(text, &all); err != nil {
		w.Error(err)
	}
	for _, environment := range all["local"] {
		for _, folder := range environment {
			for _, value := range folder {
				values = append(values, value)
			}
		}
	}
	return values
}
