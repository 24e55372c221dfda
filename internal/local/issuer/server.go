package issuer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// maxBody bounds the claims of a job, in bytes of JSON.
const maxBody = 64 << 10

// refusal is the answer to what the issuer does not do.
type refusal struct {
	Message string `json:"message"`
}

// Handler answers under Prefix. The address is the issuer's own, such as
// http://127.0.0.1:7703/oidc: tokens name it, and clients ask it.
func (i *Issuer) Handler(url string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Prefix+"/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, discovery(url))
	})
	mux.HandleFunc("GET "+Prefix+"/.well-known/jwks", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, i.Trust(url).Keys)
	})
	mux.HandleFunc("POST "+Prefix+"/jobs", func(w http.ResponseWriter, r *http.Request) { i.start(w, r, url) })
	mux.HandleFunc("GET "+Prefix+"/token", func(w http.ResponseWriter, r *http.Request) { i.token(w, r, url) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusNotFound, refusal{r.Method + " " + r.URL.Path + " is nothing the issuer does"})
	})
	return mux
}

// discovery has the fields of GitHub's.
func discovery(url string) map[string]any {
	names := slices.AppendSeq(slices.Clone(own), maps.Keys(Promotion("")))
	slices.Sort(names)
	return map[string]any{
		"issuer":                                url,
		"jwks_uri":                              url + "/.well-known/jwks",
		"subject_types_supported":               []string{"public", "pairwise"},
		"response_types_supported":              []string{"id_token"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                      []string{"openid"},
		"claims_supported":                      names,
	}
}

// start begins a job with the claims in the body.
func (i *Issuer) start(w http.ResponseWriter, r *http.Request, url string) {
	var claims Claims
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&claims); err != nil || claims == nil {
		answer(w, http.StatusBadRequest, refusal{fmt.Sprintf("the claims are not a JSON object of at most %d bytes", maxBody)})
		return
	}
	for _, name := range own {
		if _, ok := claims[name]; ok {
			answer(w, http.StatusBadRequest, refusal{"the claim " + name + " is the issuer's own"})
			return
		}
	}
	answer(w, http.StatusCreated, Job{
		URL:   url + "/token?api-version=2.0",
		Token: i.jobs.start(claims, i.now()),
	})
}

// token answers a job that asks for a token, as GitHub does: count is the length
// of value.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request, url string) {
	claims, ok := i.jobs.find(bearer(r), i.now())
	if !ok {
		answer(w, http.StatusUnauthorized, refusal{"no job that runs has this credential"})
		return
	}
	value, err := i.sign(url, cmp.Or(r.URL.Query().Get("audience"), claims.audience()), claims)
	if err != nil {
		answer(w, http.StatusInternalServerError, refusal{err.Error()})
		return
	}
	answer(w, http.StatusOK, map[string]any{"count": len(value), "value": value})
}

// bearer is the credential of a request. GitHub's own clients write the word
// small, others do not.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return token
}

func answer(w http.ResponseWriter, status int, what any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(what) // the client has gone: nobody to tell
}
