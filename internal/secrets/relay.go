package secrets

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	// patience is how long Infisical may take for one answer.
	patience = 30 * time.Second
	// maxAnswer bounds an answer, in bytes.
	maxAnswer = 32 << 20
)

// relay stands between the SDK and Infisical, on this machine, for as long as
// one scope is read, because of what the SDK cannot be told: to give up with its
// context, to follow no redirect, which would carry the identity's secret
// elsewhere, and to pass on that a value is hidden.
type relay struct {
	site     string
	listener net.Listener
	server   *http.Server

	mu     sync.Mutex
	hidden []string
	failed error
}

func newRelay(ctx context.Context, site string) (*relay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &relay{site: strings.TrimSuffix(site, "/"), listener: listener}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: patience, BaseContext: func(net.Listener) context.Context { return ctx }}
	go r.server.Serve(listener) // ends with close
	return r, nil
}

// url is where the SDK finds Infisical.
func (r *relay) url() string { return "http://" + r.listener.Addr().String() }

func (r *relay) close() { _ = r.server.Close() }

// direct asks Infisical itself. It follows nothing.
var direct = &http.Client{
	Timeout:       patience,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func (r *relay) ServeHTTP(w http.ResponseWriter, asked *http.Request) {
	answer, text, err := r.ask(asked)
	if err != nil {
		r.fail(err)
		panic(http.ErrAbortHandler) // the SDK is not told what went wrong, fail keeps it
	}
	r.look(text)
	w.Header().Set("Content-Type", answer.Header.Get("Content-Type"))
	w.WriteHeader(answer.StatusCode)
	_, _ = w.Write(text) // the SDK has given up: nobody to tell
}

// ask passes a request on.
func (r *relay) ask(asked *http.Request) (*http.Response, []byte, error) {
	request, err := http.NewRequestWithContext(asked.Context(), asked.Method, r.site+asked.URL.RequestURI(), asked.Body)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range []string{"Accept", "Authorization", "Content-Type", "User-Agent"} {
		if value := asked.Header.Get(name); value != "" {
			request.Header.Set(name, value)
		}
	}
	request.ContentLength = asked.ContentLength
	answer, err := direct.Do(request)
	if err != nil {
		return nil, nil, cause(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 && answer.StatusCode < 400 {
		return nil, nil, fmt.Errorf("it redirects elsewhere (HTTP %d), and that is not followed", answer.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err == nil && len(text) > maxAnswer {
		err = fmt.Errorf("its answer is larger than %d bytes", maxAnswer)
	}
	return answer, text, err
}

// look notes the secrets whose values are hidden, which the SDK does not.
func (r *relay) look(text []byte) {
	if !bytes.Contains(text, []byte(`"secretValueHidden"`)) {
		return
	}
	var listed struct {
		Secrets []struct {
			SecretKey         string
			SecretValueHidden bool
		}
	}
	if json.Unmarshal(text, &listed) != nil {
		return // the SDK will say so
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range listed.Secrets {
		if s.SecretValueHidden {
			r.hidden = append(r.hidden, s.SecretKey)
		}
	}
}

// fail keeps the first reason why Infisical gave no answer.
func (r *relay) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = err
	}
}

// because is that reason, or the SDK's own error when there is none.
func (r *relay) because(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && r.failed != nil {
		return r.failed
	}
	return err
}

// withheld are the secrets that are hidden.
func (r *relay) withheld() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hidden
}
