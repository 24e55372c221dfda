package redact

import (
	"io"
	"strings"
	"sync"
)

// Writer passes text on without the secrets in it. It keeps back what may be the
// beginning of one until more is written, or Flush says that no more will be.
type Writer struct {
	redactor *Redactor
	to       io.Writer
	mu       sync.Mutex
	kept     string
}

// Writer is a writer to the given one.
func (r *Redactor) Writer(to io.Writer) *Writer { return &Writer{redactor: r, to: to} }

// Write takes all of p, or fails as the writer below does.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ready, kept := w.redactor.split(w.kept + string(p))
	w.kept = kept
	if err := w.pass(ready); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what was kept back.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	rest := w.redactor.String(w.kept)
	w.kept = ""
	return w.pass(rest)
}

func (w *Writer) pass(text string) error {
	if text == "" {
		return nil
	}
	_, err := io.WriteString(w.to, text)
	return err
}

// split redacts a text as far as it is sure to end, and gives back its end that
// may be the beginning of a secret.
func (r *Redactor) split(text string) (ready, kept string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.replacer == nil {
		return text, ""
	}
	at := len(text)
	for {
		cut := r.begins(text[:at], text)
		if cut == at {
			return r.replacer.Replace(text[:at]), text[at:]
		}
		at = cut
	}
}

// begins is where the longest beginning of a form starts that the text ends
// with, or that lies across the end of the ready part.
func (r *Redactor) begins(ready, text string) int {
	at := len(ready)
	for _, form := range r.forms {
		from := max(0, len(ready)-len(form)+1)
		for i := from; i < at; i++ {
			if rest := text[i:]; strings.HasPrefix(form, rest) || strings.HasPrefix(rest, form) && i+len(form) > len(ready) {
				at = i
				break
			}
		}
	}
	return at
}
