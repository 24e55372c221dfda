package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"crane/internal/local/account"
	"crane/internal/local/store"
)

// maxBody bounds a request's body; Cloudflare's own bound is 100 MB.
const maxBody = 100 << 20

// request is an authenticated request.
type request struct {
	*http.Request
	account account.Account
	*store.Account
}

// endpoint answers one route: a result, a page or a content, or an error.
type endpoint func(r request) (any, error)

// handle makes an endpoint a handler: authentication before, envelope after.
func (s *server) handle(e endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, raw *http.Request) {
		raw.Body = http.MaxBytesReader(w, raw.Body, maxBody)
		r, err := s.authenticate(raw)
		if err != nil {
			answer(w, nil, err)
			return
		}
		result, err := e(r)
		answer(w, result, err)
	}
}

// authenticate finds the token's account and refuses a path of another one.
func (s *server) authenticate(raw *http.Request) (request, error) {
	token, found := strings.CutPrefix(raw.Header.Get("Authorization"), "Bearer ")
	if !found {
		return request{}, noCredentials
	}
	a, known := s.owner(token)
	if !known {
		return request{}, badCredentials
	}
	if id := raw.PathValue("account"); id != "" && id != a.ID {
		return request{}, foreign(raw.URL.Path)
	}
	records, err := s.Store.Account(a.ID)
	return request{raw, a, records}, err
}

func (s *server) owner(token string) (account.Account, bool) {
	for _, a := range s.Accounts {
		if a.Token == token {
			return a, true
		}
	}
	return account.Account{}, false
}

// foreign is the refusal of a path in an account that is not the token's: D1
// and Workers say it differently.
func foreign(path string) *Refusal {
	if strings.Contains(path, "/workers/") {
		return badCredentials
	}
	return otherAccount
}

// decode reads the body as JSON, whole.
func (r request) decode(into any) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return unreadable(err)
	}
	return parse(body, into)
}

// parse reads one JSON value; numbers in an any keep their digits.
func parse(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return malformed(err)
	}
	if d.More() {
		return malformed(errors.New("there is text after the JSON value"))
	}
	return nil
}

// unreadable is a body that was cut off or is too long.
func unreadable(err error) *Refusal {
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return refuse(http.StatusRequestEntityTooLarge, 10027, "the request's body is longer than %d bytes", long.Limit)
	}
	return malformed(fmt.Errorf("the body ends too early: %w", err))
}
