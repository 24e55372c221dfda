package githubtest

import (
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// Fault is something that goes wrong with requests.
type Fault struct {
	// Service is api or storage; empty means api.
	Service string
	// Method and Path, a regular expression of the path without its query, are of
	// the requests that it meets; empty means all.
	Method, Path string
	// Status is what they are answered with in place of what they ask for; 0 cuts
	// the connection. Body goes with it; empty means GitHub's own.
	Status int
	Body   string
	// Header goes with it too.
	Header map[string]string
	// Count is how many it meets; 0 means all.
	Count int
	// After lets a request have its effect, and then goes wrong.
	After bool
}

// Break adds a fault.
func (g *GitHub) Break(f Fault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = append(g.faults, &f)
}

// Mend removes all faults.
func (g *GitHub) Mend() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = nil
}

// Limited is the fault of a token whose requests are used up until a moment:
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api.
func Limited(until time.Time) Fault {
	return Fault{Status: http.StatusForbidden, Body: `{"message":"API rate limit exceeded for installation."}`, Header: map[string]string{
		"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": strconv.FormatInt(until.Unix(), 10),
	}}
}

// fails lets a fault answer, if one meets the request.
func (g *GitHub) fails(service string, w *recorder, r *http.Request) bool {
	for _, f := range g.faults {
		if !f.meets(service, r) {
			continue
		}
		if f.Count > 0 {
			if f.Count--; f.Count == 0 {
				f.Service = "spent"
			}
		}
		if f.After {
			g.routes().ServeHTTP(&void{header: http.Header{}}, r)
		}
		f.answer(w)
		return true
	}
	return false
}

func (f *Fault) meets(service string, r *http.Request) bool {
	ours := f.Service == service || f.Service == "" && service == "api"
	path, err := regexp.Compile(f.Path)
	return ours && (f.Method == "" || f.Method == r.Method) && err == nil && path.MatchString(r.URL.Path)
}

func (f *Fault) answer(w *recorder) {
	if f.Status == 0 {
		w.status = 0
		panic(http.ErrAbortHandler)
	}
	for name, value := range f.Header {
		w.Header().Set(name, value)
	}
	if f.Body == "" {
		refuse(w, f.Status, http.StatusText(f.Status))
		return
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body))
}

// void is for an answer that gets lost.
type void struct{ header http.Header }

func (v *void) Header() http.Header         { return v.header }
func (v *void) Write(p []byte) (int, error) { return len(p), nil }
func (*void) WriteHeader(int)               {}
