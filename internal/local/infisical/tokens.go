package infisical

import (
	"crypto/rand"
	"crypto/subtle"
	"sync"
	"time"
)

// tokens are the logins of a running stand-in.
type tokens struct {
	now func() time.Time
	ttl time.Duration

	mu   sync.Mutex
	live map[string]grant
}

type grant struct {
	environment string
	until       time.Time
}

// tokenResponse is the body that answers a login and a renewal.
type tokenResponse struct {
	AccessToken       string `json:"accessToken"`
	ExpiresIn         int64  `json:"expiresIn"`
	AccessTokenMaxTTL int64  `json:"accessTokenMaxTTL"`
	TokenType         string `json:"tokenType"`
}

func newTokens(now func() time.Time, ttl time.Duration) *tokens {
	return &tokens{now: now, ttl: ttl, live: map[string]grant{}}
}

// issue logs an identity in; ended tokens are forgotten on the way.
func (t *tokens) issue(clientID, clientSecret string) (string, bool) {
	for _, id := range Identities() {
		if id.ClientID != clientID || subtle.ConstantTimeCompare([]byte(id.ClientSecret), []byte(clientSecret)) != 1 {
			continue
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.forget()
		token := "local-" + rand.Text()
		t.live[token] = grant{environment: id.Environment, until: t.now().Add(t.ttl)}
		return token, true
	}
	return "", false
}

// environment is the one a token may read.
func (t *tokens) environment(token string) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget()
	g, ok := t.live[token]
	return g.environment, ok
}

func (t *tokens) renew(token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget()
	g, ok := t.live[token]
	if ok {
		g.until = t.now().Add(t.ttl)
		t.live[token] = g
	}
	return ok
}

func (t *tokens) revoke(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.live, token)
}

func (t *tokens) forget() {
	for token, g := range t.live {
		if !t.now().Before(g.until) {
			delete(t.live, token)
		}
	}
}

func (t *tokens) response(token string) tokenResponse {
	seconds := int64(t.ttl / time.Second)
	return tokenResponse{AccessToken: token, ExpiresIn: seconds, AccessTokenMaxTTL: seconds, TokenType: "Bearer"}
}
