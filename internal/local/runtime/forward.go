package runtime

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"time"
)

// How long a script may take on Cloudflare: until it begins to answer (error
// 524), and for a cron trigger
// (https://developers.cloudflare.com/workers/platform/limits/).
const (
	answerLimit = 100 * time.Second
	cronLimit   = 15 * time.Minute
)

// forwardHeaders are those that httputil.ReverseProxy drops and we do not.
var forwardHeaders = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"}

// forward passes a request on to a process and lets set add headers.
func forward(p *process, transport http.RoundTripper, set func(http.Header), failed func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(pr *httputil.ProxyRequest) {
			pr.Out.URL.Scheme, pr.Out.URL.Host = "http", p.addr
			pr.Out.URL.RawQuery = pr.In.URL.RawQuery
			pr.Out.Host = pr.In.Host
			for _, name := range forwardHeaders {
				if values, ok := pr.In.Header[name]; ok {
					pr.Out.Header[name] = values
				}
			}
			set(pr.Out.Header)
			pr.Out.Header.Set(headerKey, p.key)
		},
		Transport:     transport,
		ErrorHandler:  failed,
		ErrorLog:      log.New(io.Discard, "", 0), // the client sees what was cut
		FlushInterval: -1,
	}
}

// serve lets the script at a slot answer.
func (rt *Runtime) serve(w http.ResponseWriter, r *http.Request, at slot) {
	i := rt.acquire(at)
	if i == nil {
		refuse(w, http.StatusNotFound, "there is no Worker %s", at.name)
		return
	}
	defer i.release()
	p, err := i.running(r.Context())
	if err != nil {
		refuse(w, http.StatusBadGateway, "Worker %s: %v", at.name, err)
		return
	}
	failed := func(w http.ResponseWriter, r *http.Request, err error) {
		if r.Context().Err() == nil { // otherwise nobody waits for the answer
			rt.failed(w, at.name, p, err)
		}
	}
	forward(p, rt.requests, func(http.Header) {}, failed).ServeHTTP(w, r)
}

// failed answers for a script that did not.
func (rt *Runtime) failed(w http.ResponseWriter, name string, p *process, err error) {
	var netErr net.Error
	switch {
	case errors.As(err, &netErr) && netErr.Timeout():
		refuse(w, http.StatusGatewayTimeout, "Worker %s did not answer within %s", name, answerLimit)
	case p.endsWithin(stopGrace):
		refuse(w, http.StatusBadGateway, "the process of Worker %s stopped while it answered; the next request starts it again", name)
	default:
		refuse(w, http.StatusBadGateway, "Worker %s: %v", name, err)
	}
}

// refuse answers in plain text.
func refuse(w http.ResponseWriter, status int, format string, args ...any) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, format+"\n", args...)
}
