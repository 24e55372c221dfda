package local

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Request is one line of the request log. It holds no query string, header or
// body, because those are where secrets are. Fields are only ever added.
type Request struct {
	// Time is when the request arrived, UTC.
	Time time.Time `json:"time"`
	// Service is api, workers or infisical; control is the switch of the faults.
	Service string `json:"service"`
	// Method is the HTTP method.
	Method string `json:"method"`
	// Host is the script that a request to the Workers was for.
	Host string `json:"host,omitempty"`
	// Path is the path without its query.
	Path string `json:"path"`
	// Account is the Cloudflare account in the path, if any.
	Account string `json:"account,omitempty"`
	// Status is the HTTP status of the answer; 0 when the connection was cut.
	Status int `json:"status"`
	// Ms is how long the answer took, in milliseconds.
	Ms int64 `json:"ms"`
}

// accessLog writes one line per request. Each line is one write to a file
// opened for appending, so that a kill cannot leave two lines mixed.
type accessLog struct {
	mu  sync.Mutex
	out io.Writer
}

// wrap logs what a handler answers.
func (l *accessLog) wrap(service string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		line := Request{Time: started.UTC(), Service: service, Method: r.Method, Path: r.URL.Path, Account: accountOf(r.URL.Path)}
		if service == "workers" {
			line.Host = r.Host
		}
		seen := &statusWriter{ResponseWriter: w}
		defer func() {
			line.Status, line.Ms = seen.status, time.Since(started).Milliseconds()
			l.write(line)
		}()
		next.ServeHTTP(seen, r)
		seen.done()
	})
}

func (l *accessLog) write(line Request) {
	text, err := json.Marshal(line)
	if err != nil {
		return // a struct of strings and numbers always marshals
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.out.Write(append(text, '\n')) // a full disk must not take the API down
}

// accountOf finds the account in a path such as /client/v4/accounts/<id>/….
func accountOf(path string) string {
	_, rest, ok := strings.Cut(path, "/accounts/")
	if !ok {
		return ""
	}
	id, _, _ := strings.Cut(rest, "/")
	return id
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	w.done()
	return w.ResponseWriter.Write(p)
}

// done records the status that net/http sends when a handler says nothing.
func (w *statusWriter) done() {
	if w.status == 0 {
		w.status = http.StatusOK
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
