// Package infisical is a stand-in for Infisical on this machine: the REST calls
// that its official SDK and its command line make to log in and to read
// secrets, with the same JSON. Shapes: https://infisical.com/docs/api-reference
// and github.com/Infisical/infisical, backend/src/server/routes.
package infisical

import (
	"encoding/json"
	"net/http"
	"time"
)

// DefaultTTL is how long a token is good for.
const DefaultTTL = 15 * time.Minute

// maxBody bounds a login's body, in bytes.
const maxBody = 16 << 10

// Config is what the stand-in needs.
type Config struct {
	// Store holds the secrets.
	Store *Store
	// Clock tells when a token ends; nil means time.Now.
	Clock func() time.Time
	// TTL is how long a token is good for, whole seconds; zero means DefaultTTL.
	TTL time.Duration
}

type server struct {
	store  *Store
	tokens *tokens
}

// New is the stand-in. Tokens are kept in memory: a restart ends them all.
func New(c Config) http.Handler {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.TTL == 0 {
		c.TTL = DefaultTTL
	}
	s := &server{store: c.Store, tokens: newTokens(c.Clock, c.TTL)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/auth/universal-auth/login", s.login)
	mux.HandleFunc("POST /api/v1/auth/token/renew", s.renew)
	mux.HandleFunc("POST /api/v1/auth/token/revoke", s.revoke)
	mux.HandleFunc("GET /api/v3/secrets/raw", s.list("workspaceId"))
	mux.HandleFunc("GET /api/v3/secrets/raw/{name}", s.one("workspaceId"))
	mux.HandleFunc("GET /api/v4/secrets", s.list("projectId"))
	mux.HandleFunc("GET /api/v4/secrets/{name}", s.one("projectId"))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, "NotFound", "Route "+r.Method+":"+r.URL.Path+" not found")
	})
	return mux
}

func (s *server) login(w http.ResponseWriter, r *http.Request) {
	var body struct{ ClientID, ClientSecret string }
	if !decode(w, r, &body) {
		return
	}
	token, ok := s.tokens.issue(body.ClientID, body.ClientSecret)
	if !ok {
		refuse(w, http.StatusUnauthorized, "UnauthorizedError", "Invalid credentials")
		return
	}
	answer(w, s.tokens.response(token))
}

func (s *server) renew(w http.ResponseWriter, r *http.Request) {
	var body struct{ AccessToken string }
	if !decode(w, r, &body) {
		return
	}
	if !s.tokens.renew(body.AccessToken) {
		refuse(w, http.StatusUnauthorized, "UnauthorizedError", "Failed to renew access token")
		return
	}
	answer(w, s.tokens.response(body.AccessToken))
}

func (s *server) revoke(w http.ResponseWriter, r *http.Request) {
	var body struct{ AccessToken string }
	if !decode(w, r, &body) {
		return
	}
	s.tokens.revoke(body.AccessToken)
	answer(w, map[string]string{"message": "Successfully revoked access token"})
}

func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(into)
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, "ValidationFailure", "Body is not the JSON expected")
	}
	return err == nil
}

func answer(w http.ResponseWriter, body any) { reply(w, http.StatusOK, body) }

// refuse answers in Infisical's error shape.
func refuse(w http.ResponseWriter, status int, kind, message string) {
	reply(w, status, map[string]any{
		"reqId": "req-local", "statusCode": status, "error": kind, "message": message,
	})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The status is sent: a client that has gone away cannot be told more.
	_ = json.NewEncoder(w).Encode(body)
}
