// Package infisical is a stand-in for Infisical on this machine: the REST calls
// that its official SDK and its command line make to log in and to read
// secrets, with the same JSON. Shapes: https://infisical.com/docs/api-reference
// and github.com/Infisical/infisical, backend/src/server/routes.
package infisical

import (
	"encoding/json"
	"net/http"
	"time"

	"crane/internal/local/issuer"
	"crane/stacks"
)

// Config is what the stand-in needs.
type Config struct {
	// Store holds the secrets.
	Store *Store
	// Clock tells when a token ends; nil means time.Now.
	Clock func() time.Time
	// Identities may log in; nil means those of the function of this name.
	Identities []Identity
	// Imports are the folders whose secrets a folder takes in, the one that wins
	// last. An identity sees those of its own environment.
	Imports map[stacks.Scope][]stacks.Scope
	// Trust is the issuer whose tokens logins by OIDC bring; without one they are
	// all refused.
	Trust issuer.Trust
}

type server struct {
	Config
	tokens *tokens
}

// New is the stand-in. Tokens are kept in memory: a restart ends them all.
func New(c Config) http.Handler {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Identities == nil {
		c.Identities = Identities()
	}
	s := &server{c, newTokens(c.Clock)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/auth/universal-auth/login", s.universalLogin)
	mux.HandleFunc("POST /api/v1/auth/oidc-auth/login", s.oidcLogin)
	mux.HandleFunc("POST /api/v1/auth/token/renew", s.renew)
	mux.HandleFunc("POST /api/v1/auth/token/revoke", s.revoke)
	mux.HandleFunc("GET /api/v1/auth/oidc-auth/identities/{identity}", s.oidcSettings)
	mux.HandleFunc("GET /api/v1/auth/universal-auth/identities/{identity}", s.universalSettings)
	mux.HandleFunc("GET /api/v1/auth/universal-auth/identities/{identity}/client-secrets", s.clientSecrets)
	mux.HandleFunc("GET /api/v1/projects/{project}/memberships/identities/{identity}", s.membership)
	mux.HandleFunc("GET /api/v3/secrets/raw", s.list(v3))
	mux.HandleFunc("GET /api/v3/secrets/raw/{name}", s.one(v3))
	mux.HandleFunc("GET /api/v4/secrets", s.list(v4))
	mux.HandleFunc("GET /api/v4/secrets/{name}", s.one(v4))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, "NotFound", "Route "+r.Method+":"+r.URL.Path+" not found")
	})
	return mux
}

func answer(w http.ResponseWriter, body any) { reply(w, http.StatusOK, body) }

func (d denial) answer(w http.ResponseWriter) { refuse(w, d.status, d.kind, d.message) }

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
