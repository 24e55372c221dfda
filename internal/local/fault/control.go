package fault

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"crane/internal/hint"
	"crane/internal/local/account"
)

// Path is where the control endpoint is, beside Cloudflare's own API:
//
//	GET     the faults that are on, a JSON array
//	POST    adds one, a JSON object as Fault is, and answers it
//	DELETE  clears all
//
// It wants the token of a local account, as Authorization: Bearer. A refusal is
// {"error","hint"}. Faults are for both accounts, unless a path says otherwise,
// and for Infisical when they say so.
const Path = "/crane/faults"

// maxBody bounds a fault's JSON, in bytes.
const maxBody = 64 << 10

// refusal is the control endpoint's answer to what it does not do.
type refusal struct {
	Error string `json:"error"`
	Hint  string `json:"hint,omitempty"`
}

// Control answers the control endpoint.
func (s *Set) Control(accounts []account.Account) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !authorized(r, accounts) {
			answer(w, http.StatusUnauthorized, refusal{"faults need the token of a local account", `eval "$(crane env)"`})
			return
		}
		switch r.Method {
		case http.MethodGet:
			answer(w, http.StatusOK, s.List())
		case http.MethodPost:
			s.add(w, r)
		case http.MethodDelete:
			s.Clear()
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Allow", "GET, POST, DELETE")
			answer(w, http.StatusMethodNotAllowed, refusal{r.Method + " is not for faults", "GET, POST or DELETE"})
		}
	})
}

func (s *Set) add(w http.ResponseWriter, r *http.Request) {
	f, err := read(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		err = s.Add(f)
	}
	if err != nil {
		answer(w, http.StatusBadRequest, refusal{err.Error(), hint.Of(err)})
		return
	}
	answer(w, http.StatusCreated, f)
}

// read reads a fault and refuses keys that it does not have.
func read(body io.Reader) (Fault, error) {
	f := Fault{Count: 1}
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return f, fmt.Errorf("%w: %w; no fault was added", ErrInvalid, err)
	}
	return f, nil
}

func authorized(r *http.Request, accounts []account.Account) bool {
	token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return found && slices.ContainsFunc(accounts, func(a account.Account) bool { return a.Token == token })
}

func answer(w http.ResponseWriter, status int, what any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(what) // the client has gone: nobody to tell
}
