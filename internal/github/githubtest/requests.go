package githubtest

import (
	"maps"
	"net/http"
	"slices"
)

// Request is one that arrived, at the API or at the storage.
type Request struct {
	// Service is api or storage.
	Service, Method string
	// Path has the query, but for the storage's signature.
	Path   string
	Status int
	// Authorized says that an Authorization header came with it.
	Authorized bool
}

// Requests are those that have arrived since the last Forget.
func (g *GitHub) Requests() []Request {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.requests)
}

// Forget empties the list of requests.
func (g *GitHub) Forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests = nil
}

// Writes are the requests since the last Forget that were to change something.
func (g *GitHub) Writes() []Request {
	return slices.DeleteFunc(g.Requests(), func(r Request) bool { return r.Method == http.MethodGet })
}

// recorded writes down what arrives, after it was answered, and lets faults
// answer in its place.
func (g *GitHub) recorded(service string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		seen := &recorder{ResponseWriter: w, status: http.StatusOK}
		defer func() { g.requests = append(g.requests, g.request(service, r, seen.status)) }()
		if !g.fails(service, seen, r) {
			next.ServeHTTP(seen, r)
		}
	})
}

func (g *GitHub) request(service string, r *http.Request, status int) Request {
	query := maps.Clone(r.URL.Query())
	query.Del("sig")
	path := r.URL.Path
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return Request{Service: service, Method: r.Method, Path: path, Status: status, Authorized: r.Header.Get("Authorization") != ""}
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}
