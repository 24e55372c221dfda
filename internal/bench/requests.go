package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"crane/internal/local"
)

// requests are the API requests in the log from a place on, in the order in
// which they were answered.
func (w *workspace) requests(from int64) ([]local.Request, error) {
	f, err := os.Open(local.Config{Dir: w.Local()}.RequestLog())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.NewSectionReader(f, from, 1<<62))
	if err != nil {
		return nil, err
	}
	var all []local.Request
	for line := range bytes.Lines(text) {
		var r local.Request
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, err
		}
		if r.Service == "api" {
			all = append(all, r)
		}
	}
	return all, nil
}

// mark is the place in the log where what comes next begins.
func (w *workspace) mark() int64 {
	info, err := os.Stat(local.Config{Dir: w.Local()}.RequestLog())
	if err != nil {
		return 0 // there is none yet
	}
	return info.Size()
}

// uploads counts the Workers that were uploaded: as a whole, as Pulumi does it,
// or as a version that is then deployed, as wrangler does.
func uploads(requests []local.Request) int {
	n := 0
	for _, r := range requests {
		_, script, ok := strings.Cut(r.Path, "/workers/scripts/")
		name, rest, _ := strings.Cut(script, "/")
		switch {
		case !ok || name == "" || r.Status >= 400:
		case r.Method == "PUT" && rest == "", r.Method == "POST" && rest == "versions":
			n++
		}
	}
	return n
}

// span is the time from the first request to the last answer.
func span(requests []local.Request) time.Duration {
	var begin, end time.Time
	for _, r := range requests {
		answered := r.Time.Add(time.Duration(r.Ms) * time.Millisecond)
		if begin.IsZero() || r.Time.Before(begin) {
			begin = r.Time
		}
		if answered.After(end) {
			end = answered
		}
	}
	return end.Sub(begin)
}
