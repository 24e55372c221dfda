package infisical

import (
	"crypto/rand"
	"sync"
	"time"
)

// tokens are the logins of a running stand-in.
type tokens struct {
	now func() time.Time

	mu   sync.Mutex
	live map[string]*grant
}

// grant is what a token is good for.
type grant struct {
	identity    Identity
	born, until time.Time
	uses        int
}

// tokenResponse is the body that answers a login and a renewal.
type tokenResponse struct {
	AccessToken       string `json:"accessToken"`
	ExpiresIn         int64  `json:"expiresIn"`
	AccessTokenMaxTTL int64  `json:"accessTokenMaxTTL"`
	TokenType         string `json:"tokenType"`
}

func newTokens(now func() time.Time) *tokens {
	return &tokens{now: now, live: map[string]*grant{}}
}

// issue logs an identity in; ended tokens are forgotten on the way.
func (t *tokens) issue(id Identity) tokenResponse {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget()
	token := "local-" + rand.Text()
	born := t.now()
	t.live[token] = &grant{identity: id, born: born, until: born.Add(id.ttl())}
	return response(token, id)
}

// use counts a request and says whose it is. A token that is used up is none.
func (t *tokens) use(token string) (Identity, *denial) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g, refused := t.find(token, "Token missing, invalid or expired")
	if refused != nil {
		return Identity{}, refused
	}
	g.uses++
	return g.identity, nil
}

// renew lets a token live for another TTL from now. One that would live longer
// than it may is refused, and ends.
func (t *tokens) renew(token string) (tokenResponse, *denial) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g, refused := t.find(token, "No identity access token found")
	if refused != nil {
		return tokenResponse{}, refused
	}
	until := t.now().Add(g.identity.ttl())
	if until.After(g.born.Add(g.identity.maxTTL())) {
		delete(t.live, token)
		return tokenResponse{}, unauthorized("Failed to renew MI access token past its Max TTL expiration")
	}
	g.until = until
	return response(token, g.identity), nil
}

// find finds a token that is good for something. The caller holds mu.
func (t *tokens) find(token, missing string) (*grant, *denial) {
	t.forget()
	g, ok := t.live[token]
	if !ok {
		return nil, unauthorized("%s", missing)
	}
	if g.identity.Uses > 0 && g.uses >= g.identity.Uses {
		delete(t.live, token)
		return nil, unauthorized("Unable to renew because access token number of uses limit reached")
	}
	return g, nil
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

func response(token string, id Identity) tokenResponse {
	return tokenResponse{
		AccessToken: token, TokenType: "Bearer",
		ExpiresIn: int64(id.ttl() / time.Second), AccessTokenMaxTTL: int64(id.maxTTL() / time.Second),
	}
}
