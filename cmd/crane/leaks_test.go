package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"crane/internal/project"
)

// witness is what a session runs under: it fails one in which a secret shows,
// in whatever any command printed, in the state, in a log, or in the HOME.
type witness struct {
	*testing.T
	layout     project.Layout
	home, work string
	fed        []string
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
	var said strings.Builder
	for line := range strings.Lines(text) {
		if command, ok := strings.CutPrefix(line, "> "); ok {
			w.notice(strings.TrimSpace(command))
			continue
		}
		said.WriteString(line)
	}
	w.search("the session's output", said.String())
}

// notice remembers the secrets that a command line of the session brings in: what
// it feeds to `crane local secret set`, which may be gone from the vault at the
// end, and the variables that hold secrets.
func (w *witness) notice(command string) {
	if file, ok := strings.CutPrefix(command, "stdin "); ok {
		text, err := os.ReadFile(strings.ReplaceAll(file, "$WORK", w.work))
		if err == nil {
			w.fed = append(w.fed, strings.TrimSpace(string(text)))
		}
	}
	if variable, ok := strings.CutPrefix(command, "env CRANE_SECRET_"); ok {
		_, value, _ := strings.Cut(variable, "=")
		w.fed = append(w.fed, value)
	}
}

// inspect looks at what the session has left on the disk.
func (w *witness) inspect() {
	for _, place := range []string{w.layout.Hidden("state"), w.layout.Hidden("preview"), w.layout.PulumiHome(), w.home, w.layout.Local()} {
		err := filepath.WalkDir(place, func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || !entry.Type().IsRegular() || w.vault(path) {
				return err
			}
			text, err := os.ReadFile(path)
			w.search(path, string(text))
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

// tokens are what a login gives: an access token of the local Infisical, and the
// identity token of a job.
var tokens = regexp.MustCompile(`\blocal-[A-Z2-7]{26}\b|\beyJ[A-Za-z0-9_-]{20,}\.eyJ`)

func (w *witness) search(where, text string) {
	w.T.Helper()
	if found := tokens.FindString(text); found != "" {
		w.Errorf("a token shows in %s: %.20s...", where, found)
	}
	for _, secret := range append(w.held(), w.fed...) {
		for _, form := range forms(secret) {
			if strings.Contains(text, form) {
				w.Errorf("a secret shows in %s as %q", where, form)
				break
			}
		}
	}
}

// forms are those that a secret may show in, written here once more, so that
// nothing is missed because the redactor misses it.
func forms(secret string) []string {
	if len(secret) < 4 {
		return nil
	}
	quoted, _ := json.Marshal(secret)
	return []string{
		secret, strings.Trim(string(quoted), `"`), strings.Trim(strconv.Quote(secret), `"`),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
		url.QueryEscape(secret), url.PathEscape(secret), hex.EncodeToString([]byte(secret)),
	}
}

// held are all that the local Infisical holds in the end, and the staging
// identity's own.
func (w *witness) held() (values []string) {
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
