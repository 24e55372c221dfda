package infisical

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// secretLife is how long the stand-in says that a client secret lives. Its one
// client secret is public, and goes on.
const secretLife = 90 * 24 * time.Hour

// Settings of an identity are shown to whoever has a token. Shapes:
// https://infisical.com/docs/api-reference/endpoints/oidc-auth/retrieve,
// https://infisical.com/docs/api-reference/endpoints/universal-auth/retrieve,
// https://infisical.com/docs/api-reference/endpoints/universal-auth/list-client-secrets and
// https://infisical.com/docs/api-reference/endpoints/project-identities-membership/get-by-id.

// oidcSettings says what a token has to be for an identity's login by OIDC.
func (s *server) oidcSettings(w http.ResponseWriter, r *http.Request) {
	id, found := s.identity(w, r, func(i Identity) bool { return i.OIDC != nil })
	if !found {
		return
	}
	shown := id.settings()
	shown["oidcDiscoveryUrl"], shown["boundIssuer"] = s.Trust.URL, s.Trust.URL
	shown["boundSubject"], shown["boundAudiences"], shown["boundClaims"] = id.OIDC.Subject, id.OIDC.Audiences, id.OIDC.Claims
	answer(w, map[string]any{"identityOidcAuth": shown})
}

func (s *server) universalSettings(w http.ResponseWriter, r *http.Request) {
	id, found := s.identity(w, r, func(i Identity) bool { return i.Universal != nil })
	if !found {
		return
	}
	shown := id.settings()
	shown["clientId"], shown["accessTokenPeriod"] = id.Universal.ClientID, 0
	answer(w, map[string]any{"identityUniversalAuth": shown})
}

// clientSecrets says of a client secret everything but what it is.
func (s *server) clientSecrets(w http.ResponseWriter, r *http.Request) {
	id, found := s.identity(w, r, func(i Identity) bool { return i.Universal != nil })
	if !found {
		return
	}
	answer(w, map[string]any{"clientSecretData": []any{map[string]any{
		"id": id.ID + "-secret", "description": "public", "clientSecretPrefix": "", "isClientSecretRevoked": false,
		"clientSecretNumUses": 0, "clientSecretNumUsesLimit": 0, "clientSecretTTL": int64(secretLife / time.Second),
		"createdAt": s.Clock().UTC().Format(time.RFC3339),
	}}})
}

// membership names the one role of an identity, which reads one environment.
func (s *server) membership(w http.ResponseWriter, r *http.Request) {
	id, found := s.identity(w, r, func(Identity) bool { return r.PathValue("project") == Project })
	if !found {
		return
	}
	answer(w, map[string]any{"identityMembership": map[string]any{
		"id": id.ID, "identity": map[string]any{"id": id.ID, "name": id.Name},
		"roles": []any{map[string]any{"id": id.ID, "role": "custom", "customRoleSlug": "crane-" + id.Name, "isTemporary": false}},
	}})
}

// identity finds the one that a path names, for whoever has a token, or answers.
func (s *server) identity(w http.ResponseWriter, r *http.Request, fits func(Identity) bool) (Identity, bool) {
	if _, denied := s.tokens.use(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")); denied != nil {
		denied.answer(w)
		return Identity{}, false
	}
	i := slices.IndexFunc(s.Identities, func(id Identity) bool { return id.ID == r.PathValue("identity") && fits(id) })
	if i < 0 {
		refuse(w, http.StatusNotFound, "NotFound", "Failed to find identity with ID "+r.PathValue("identity"))
		return Identity{}, false
	}
	return s.Identities[i], true
}

// settings are those that both ways to log in have. Lives are in seconds.
func (i Identity) settings() map[string]any {
	return map[string]any{
		"id": i.ID, "identityId": i.ID, "accessTokenNumUsesLimit": i.Uses,
		"accessTokenTTL": int64(i.ttl() / time.Second), "accessTokenMaxTTL": int64(i.maxTTL() / time.Second),
	}
}
