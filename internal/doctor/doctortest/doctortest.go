// Package doctortest stands in for GitHub, Infisical and Cloudflare, with every
// setting as it should be, for tests that then change one.
package doctortest

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// The credentials that the services take. They are in nothing that is printed.
const (
	GitHubToken     = "token-of-the-stand-in-for-github"
	StagingToken    = "cloudflare-staging-token-of-the-stand-in"
	ProductionToken = "cloudflare-production-token-of-stand-ins"
	ClientSecret    = "client-secret-of-the-stand-in"
	accessToken     = "access-token-of-the-stand-in"
)

// Services are the names of the three, which begin the paths here.
const (
	GitHub     = "github"
	Infisical  = "infisical"
	Cloudflare = "client"
)

// World is the three services on one address, over TLS.
type World struct {
	// URL is the address, Host its host and port.
	URL, Host string
	// Client trusts it.
	Client *http.Client

	t       *testing.T
	mu      sync.Mutex
	answers map[string]*Answer
	fail    map[string]http.HandlerFunc
	granted map[string]bool
}

// Answer is what one GET is answered with.
type Answer struct {
	Status int
	Body   any
}

// Start starts it. Whatever is sent that is neither a GET nor a login fails the test.
func Start(t *testing.T) *World {
	t.Helper()
	w := &World{t: t, answers: map[string]*Answer{}, fail: map[string]http.HandlerFunc{}, granted: map[string]bool{}}
	for _, all := range []map[string]string{gitHub, infisical, cloudflare} {
		for path, text := range all {
			var body any
			if err := json.Unmarshal([]byte(text), &body); err != nil {
				t.Fatal(path, err)
			}
			w.answers[path] = &Answer{http.StatusOK, body}
		}
	}
	server := httptest.NewUnstartedServer(w)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes that a client has no more need of
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	w.URL, w.Client = server.URL, server.Client()
	w.Host = strings.TrimPrefix(server.URL, "https://")
	return w
}

func (w *World) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	service, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	w.mu.Lock()
	fail, found := w.fail[service], w.answers[r.URL.Path]
	w.mu.Unlock()
	switch {
	case fail != nil:
		fail(out, r)
	case r.Method == http.MethodPost && r.URL.Path == "/infisical/api/v1/auth/universal-auth/login":
		w.logIn(out, r, found)
	case r.Method != http.MethodGet:
		w.t.Errorf("%s %s is neither a GET nor a login", r.Method, r.URL.Path)
	default:
		w.answer(out, r, service, found)
	}
}

// answer goes by the token, then by what is known of the path.
func (w *World) answer(out http.ResponseWriter, r *http.Request, service string, found *Answer) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case service == Infisical && strings.HasSuffix(r.URL.Path, "/secrets"):
		w.secrets(out, r, token)
	case service == Cloudflare && !mayRead(token, r.URL.Path) && !w.open(r.URL.Path):
		refusal(out, http.StatusForbidden, `{"success":false,"result":null,"messages":[],"errors":[{"code":10000,"message":"Authentication error"}]}`)
	case service == Infisical && token != accessToken, service == GitHub && token != GitHubToken:
		refusal(out, http.StatusUnauthorized, `{"message":"Bad credentials"}`)
	case found == nil:
		refusal(out, http.StatusNotFound, `{"message":"Not Found"}`)
	default:
		out.Header().Set("Content-Type", "application/json")
		out.WriteHeader(found.Status)
		_ = json.NewEncoder(out).Encode(found.Body)
	}
}

// Grant lets staging's token read a path of production's account.
func (w *World) Grant(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.granted[path] = true
}

func (w *World) open(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.granted[path]
}

// mayRead: a token reads its own account.
func mayRead(token, path string) bool {
	account := map[string]string{StagingToken: StagingAccount, ProductionToken: ProductionAccount}[token]
	return account != "" && (strings.Contains(path, account) || strings.HasPrefix(path, "/client/v4/user/"))
}

func (w *World) logIn(out http.ResponseWriter, r *http.Request, found *Answer) {
	var body struct{ ClientID, ClientSecret string }
	if json.NewDecoder(r.Body).Decode(&body) != nil || body.ClientSecret != ClientSecret {
		refusal(out, http.StatusUnauthorized, `{"statusCode":401,"message":"Invalid credentials","error":"UnauthorizedError"}`)
		return
	}
	_ = json.NewEncoder(out).Encode(found.Body)
}

// secrets lists those of dev, and of other environments where a path says so.
func (w *World) secrets(out http.ResponseWriter, r *http.Request, token string) {
	if r.URL.Query().Get("viewSecretValue") != "false" {
		w.t.Error("values were asked for")
	}
	w.mu.Lock()
	found := w.answers["/infisical/api/v4/secrets?environment="+r.URL.Query().Get("environment")]
	w.mu.Unlock()
	if token != accessToken || found == nil {
		refusal(out, http.StatusForbidden, `{"statusCode":403,"message":"You are not allowed to read secrets","error":"PermissionDenied"}`)
		return
	}
	out.WriteHeader(found.Status)
	_ = json.NewEncoder(out).Encode(found.Body)
}

func refusal(out http.ResponseWriter, status int, body string) {
	out.Header().Set("Content-Type", "application/json")
	out.WriteHeader(status)
	fmt.Fprint(out, body)
}

// Fail has every request of a service answered by the handler.
func (w *World) Fail(service string, with http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fail[service] = with
}

// Failing answers with a status and a body.
func Failing(status int, body string) http.HandlerFunc {
	return func(out http.ResponseWriter, _ *http.Request) { refusal(out, status, body) }
}

// Silent answers nothing while anybody waits.
func Silent(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // the server notices who goes away after that
	<-r.Context().Done()
}

// Set changes one value in the answer to a path, where dots lead into objects and
// numbers into lists; nil takes it out. A key that is empty is the whole answer.
func (w *World) Set(path, key string, value any) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.answers[path] == nil {
		w.answers[path] = &Answer{Status: http.StatusOK}
	}
	a := w.answers[path]
	if key == "" {
		a.Body = value
		return
	}
	a.Body = put(w.t, a.Body, strings.Split(key, "."), value)
}

// Refuse answers a path with a status and a message, in the form of its service.
func (w *World) Refuse(path string, status int, message string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	body := map[string]any{"message": message}
	if strings.HasPrefix(path, "/"+Cloudflare+"/") {
		body = map[string]any{"success": false, "errors": []any{map[string]any{"code": 1, "message": message}}}
	}
	w.answers[path] = &Answer{status, body}
}

func put(t *testing.T, in any, keys []string, value any) any {
	t.Helper()
	switch in := in.(type) {
	case map[string]any:
		if len(keys) > 1 {
			in[keys[0]] = put(t, in[keys[0]], keys[1:], value)
		} else if value == nil {
			delete(in, keys[0])
		} else {
			in[keys[0]] = value
		}
	case []any:
		var i int
		if _, err := fmt.Sscan(keys[0], &i); err != nil || i >= len(in) {
			t.Fatal("there is no ", keys[0])
		}
		if len(keys) > 1 {
			in[i] = put(t, in[i], keys[1:], value)
		} else {
			in[i] = value
		}
	default:
		t.Fatal("nothing to change at ", keys[0])
	}
	return in
}
