package fault

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// answerer answers a request that met a fault.
type answerer func(w http.ResponseWriter, r *http.Request, f Fault)

// limited is Cloudflare's answer to a client that asks too often.
func limited(w http.ResponseWriter, r *http.Request, f Fault) {
	wait := f.retryAfter()
	w.Header().Set("Retry-After", fmt.Sprint(wait))
	w.Header().Set("Ratelimit", fmt.Sprintf(`"default";r=0;t=%d`, wait))
	w.Header().Set("Ratelimit-Policy", `"default";q=1200;w=300`)
	says(http.StatusTooManyRequests, 971, "Please wait and consider throttling your request speed")(w, r, f)
}

// internal is the answer of a Cloudflare that has a problem of its own: D1 and
// Workers have different numbers for it.
func internal(w http.ResponseWriter, r *http.Request, f Fault) {
	code := 10013
	if strings.Contains(r.URL.Path, "/d1/") {
		code = 7500
	}
	says(http.StatusInternalServerError, code, "internal error; reference = "+uuid.NewString())(w, r, f)
}

// cut ends the connection without an answer.
func cut(http.ResponseWriter, *http.Request, Fault) { panic(http.ErrAbortHandler) }

type message struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// envelope is the form of an answer of Cloudflare's API that is no success.
type envelope struct {
	Result   any       `json:"result"`
	Success  bool      `json:"success"`
	Errors   []message `json:"errors"`
	Messages []message `json:"messages"`
}

// says answers in Cloudflare's form.
func says(status, code int, text string) answerer {
	return func(w http.ResponseWriter, r *http.Request, _ Fault) {
		sends(w, r, status, envelope{Errors: []message{{code, text}}, Messages: []message{}})
	}
}

// infisicalLimited is Infisical's answer to a client that asks too often.
func infisicalLimited(w http.ResponseWriter, r *http.Request, f Fault) {
	w.Header().Set("Retry-After", fmt.Sprint(f.retryAfter()))
	infisicalSays(w, r, http.StatusTooManyRequests, "RateLimitExceeded",
		fmt.Sprintf("Rate limit exceeded. Please try again in %d seconds", f.retryAfter()))
}

// infisicalInternal is the answer of an Infisical that has a problem of its own.
func infisicalInternal(w http.ResponseWriter, r *http.Request, _ Fault) {
	infisicalSays(w, r, http.StatusInternalServerError, "InternalServerError", "Something went wrong")
}

// infisicalSays answers in Infisical's form.
func infisicalSays(w http.ResponseWriter, r *http.Request, status int, kind, text string) {
	sends(w, r, status, map[string]any{"reqId": "req-local", "statusCode": status, "message": text, "error": kind})
}

// sends answers in JSON. What is left of the request is read first, so that a
// client which is still sending it sees the answer.
func sends(w http.ResponseWriter, r *http.Request, status int, what any) {
	_, _ = io.Copy(io.Discard, r.Body) // the client has gone: nobody to tell
	answer(w, status, what)
}

// lost takes an answer that nobody will see.
type lost struct{ header http.Header }

func (l lost) Header() http.Header         { return l.header }
func (l lost) Write(p []byte) (int, error) { return len(p), nil }
func (l lost) WriteHeader(int)             {}
