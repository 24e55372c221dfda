package runtime

import (
	"bytes"
	"fmt"
	"io"
	"sync"
)

// maxLine cuts a child's endless line, in bytes.
const maxLine = 64 << 10

// lines calls each with every line written to it, without the line's end.
type lines struct {
	each    func(line []byte)
	pending []byte
}

// Write never fails.
func (l *lines) Write(p []byte) (int, error) {
	l.pending = append(l.pending, p...)
	for {
		line, rest, found := bytes.Cut(l.pending, []byte("\n"))
		if !found && len(l.pending) < maxLine {
			return len(p), nil
		}
		l.each(line)
		l.pending = append(l.pending[:0], rest...)
	}
}

// journal is the log, shared by every child.
type journal struct {
	mu  sync.Mutex
	out io.Writer
}

// print writes a child's line after its name. A log that cannot be written to
// must not stop a Worker.
func (j *journal) print(name string, line []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, _ = fmt.Fprintf(j.out, "%s: %s\n", name, line)
}

// head keeps the first bytes of what it is given: a process that does not
// start says why first.
type head struct {
	mu   sync.Mutex
	text []byte
}

func (h *head) add(line []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.text)+len(line) < maxLine {
		h.text = append(append(h.text, line...), '\n')
	}
}

func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return string(h.text)
}
