package api_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"crane/internal/local/account"
	"crane/internal/local/api"
)

// sent is one request. The call is "GET d1/database?page=1" when it is within
// the staging account, otherwise it begins with a slash.
type sent struct{ call, contentType, body string }

// recorder remembers the requests that a cloud's API got.
type recorder struct {
	mu  sync.Mutex
	all []sent
}

func (r *recorder) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		path := strings.TrimPrefix(request.URL.RequestURI(), api.Prefix)
		one := sent{
			call:        request.Method + " " + strings.TrimPrefix(path, "/accounts/"+account.Staging.ID+"/"),
			contentType: request.Header.Get("Content-Type"),
		}
		var body bytes.Buffer
		request.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(request.Body, &body), request.Body}
		next.ServeHTTP(w, request)
		one.body = body.String()
		r.mu.Lock()
		defer r.mu.Unlock()
		r.all = append(r.all, one)
	})
}

// take returns the requests since the last time.
func (r *recorder) take() []sent {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.all
	r.all = nil
	return all
}

// calls are requests without what they sent.
func calls(all []sent) (lines []string) {
	for _, one := range all {
		lines = append(lines, one.call)
	}
	return lines
}

// called is the first request that made a call.
func called(all []sent, call string) sent {
	i := slices.IndexFunc(all, func(one sent) bool { return one.call == call })
	if i < 0 {
		return sent{}
	}
	return all[i]
}
