package infisical

import (
	"crypto/subtle"
	"encoding/json"
	"mime"
	"net/http"
	"slices"
)

// maxBody bounds a login's body, in bytes.
const maxBody = 16 << 10

func (s *server) universalLogin(w http.ResponseWriter, r *http.Request) {
	body, ok := read(w, r)
	if !ok {
		return
	}
	i := slices.IndexFunc(s.Identities, func(id Identity) bool {
		return id.Universal != nil && id.Universal.ClientID == body.text("clientId") &&
			subtle.ConstantTimeCompare([]byte(id.Universal.ClientSecret), []byte(body.text("clientSecret"))) == 1
	})
	if i < 0 {
		unauthorized("Invalid credentials").answer(w)
		return
	}
	answer(w, s.tokens.issue(s.Identities[i]))
}

func (s *server) oidcLogin(w http.ResponseWriter, r *http.Request) {
	body, ok := read(w, r)
	if !ok {
		return
	}
	i := slices.IndexFunc(s.Identities, func(id Identity) bool { return id.OIDC != nil && id.ID == body.text("identityId") })
	if i < 0 {
		refuse(w, http.StatusNotFound, "NotFound", "OIDC auth method not found for identity, did you configure OIDC auth?")
		return
	}
	token, denied := verify(s.Trust, body.text("jwt"), s.Clock())
	if denied == nil {
		denied = s.Identities[i].OIDC.admit(token)
	}
	if denied != nil {
		denied.answer(w)
		return
	}
	answer(w, s.tokens.issue(s.Identities[i]))
}

func (s *server) renew(w http.ResponseWriter, r *http.Request) {
	body, ok := read(w, r)
	if !ok {
		return
	}
	renewed, denied := s.tokens.renew(body.text("accessToken"))
	if denied != nil {
		denied.answer(w)
		return
	}
	answer(w, renewed)
}

func (s *server) revoke(w http.ResponseWriter, r *http.Request) {
	body, ok := read(w, r)
	if !ok {
		return
	}
	s.tokens.revoke(body.text("accessToken"))
	answer(w, map[string]string{"message": "Successfully revoked access token"})
}

// fields are those of a body.
type fields map[string]any

// text is a field, or empty when it is missing or no text.
func (f fields) text(name string) string {
	text, _ := f[name].(string)
	return text
}

// read reads a body of JSON or of a form, or refuses it.
func read(w http.ResponseWriter, r *http.Request) (fields, bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	body, err := decode(r)
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, "ValidationFailure", "Body is not the JSON expected")
	}
	return body, err == nil
}

func decode(r *http.Request) (body fields, err error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/x-www-form-urlencoded" {
		return body, json.NewDecoder(r.Body).Decode(&body)
	}
	body = fields{}
	err = r.ParseForm()
	for name := range r.PostForm {
		body[name] = r.PostForm.Get(name)
	}
	return body, err
}
