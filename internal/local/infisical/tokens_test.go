package infisical_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/local/infisical"
	"crane/stacks"
)

// secretly is an identity like staging's, with other limits.
func secretly(id infisical.Identity) infisical.Config {
	id.Environment, id.Universal = "dev", infisical.Staging.Universal
	return infisical.Config{Identities: []infisical.Identity{id}}
}

func (s *site) renew(token string) (int, map[string]any) {
	s.t.Helper()
	return s.do("POST", "/api/v1/auth/token/renew", "", `{"accessToken":"`+token+`"}`)
}

func (s *site) reads(token string) (int, map[string]any) {
	s.t.Helper()
	return s.do("GET", v3, token, "")
}

// TestTheTwoIdentities live a quarter of an hour, whatever they renew.
func TestTheTwoIdentities(t *testing.T) {
	t.Parallel()
	for _, id := range infisical.Identities() {
		require.Equal(t, 15*time.Minute, id.TTL)
		require.Equal(t, 15*time.Minute, id.MaxTTL)
	}
	require.Nil(t, infisical.Production.Universal)
	require.Nil(t, infisical.Staging.OIDC)
	require.Equal(t, stacks.SecretsAudience, infisical.Production.OIDC.Audiences)
	require.Equal(t, map[string]string{
		"repository_id": "1000000001", "repository_owner_id": "1000001", "environment": "production", "ref": "refs/heads/main",
		"ref_type": "branch", "workflow_ref": "local/crane/.github/workflows/promote.yml@refs/heads/main",
		"event_name": "workflow_dispatch", "runner_environment": "github-hosted",
	}, infisical.Production.OIDC.Claims)
}

func TestLoginAnswers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		ttl, max             time.Duration
		wantTTL, wantMaximum int
	}{
		{15 * time.Minute, time.Hour, 900, 3600},
		{0, 0, 2592000, 2592000},
		{time.Minute, 0, 60, 2592000},
	} {
		s := startWith(t, secretly(infisical.Identity{TTL: tc.ttl, MaxTTL: tc.max}))
		const path, form = "/api/v1/auth/universal-auth/login", "application/x-www-form-urlencoded"
		login := url.Values{"clientId": {"local-staging"}, "clientSecret": {"local-staging-client-secret"}}
		status, body := s.send("POST", path, form+"; charset=utf-8", "", login.Encode())
		require.Equal(t, 200, status, body)
		token := body["accessToken"].(string)
		want := map[string]any{
			"accessToken": token, "expiresIn": float64(tc.wantTTL), "accessTokenMaxTTL": float64(tc.wantMaximum), "tokenType": "Bearer",
		}
		require.Equal(t, want, body)
		_, body = s.renew(token)
		require.Equal(t, want, body)
		require.NotEqual(t, token, s.login(infisical.Staging))

		login.Set("clientSecret", "x")
		status, body = s.send("POST", path, form, "", login.Encode())
		require.Equal(t, 401, status)
		requireRefused(t, 401, "Invalid credentials", body)
	}
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	s := startWith(t, secretly(infisical.Identity{TTL: time.Minute, MaxTTL: 2 * time.Minute}))
	token, other := s.login(infisical.Staging), s.login(infisical.Staging)
	after := func(d time.Duration) { s.advance(birth.Add(d)) }

	after(40 * time.Second)
	status, _ := s.renew(token)
	require.Equal(t, 200, status)
	after(70 * time.Second)
	status, _ = s.reads(token)
	require.Equal(t, 200, status, "renewed")
	status, body := s.reads(other)
	require.Equal(t, 401, status, "ended")
	requireRefused(t, 401, "Token missing, invalid or expired", body)
	status, body = s.renew(other)
	require.Equal(t, 401, status, "too late to renew")
	requireRefused(t, 401, "No identity access token found", body)

	status, _ = s.do("POST", "/api/v1/auth/token/revoke", token, `{"accessToken":"`+token+`"}`)
	require.Equal(t, 200, status)
	status, _ = s.reads(token)
	require.Equal(t, 401, status, "revoked")
}

// TestRenewalsEnd at the longest life: the last one is refused and ends it.
func TestRenewalsEnd(t *testing.T) {
	t.Parallel()
	s := startWith(t, secretly(infisical.Identity{TTL: time.Minute, MaxTTL: 2 * time.Minute}))
	token := s.login(infisical.Staging)
	for _, d := range []time.Duration{30 * time.Second, time.Minute} {
		s.advance(birth.Add(d))
		status, body := s.renew(token)
		require.Equal(t, 200, status, body)
	}
	s.advance(birth.Add(61 * time.Second))
	status, body := s.renew(token)
	require.Equal(t, 401, status)
	requireRefused(t, 401, "Failed to renew MI access token past its Max TTL expiration", body)
	status, _ = s.reads(token)
	require.Equal(t, 401, status)
}

// TestUsesRunOut by reading and by being refused; renewing is none, and renews
// no token that is used up.
func TestUsesRunOut(t *testing.T) {
	t.Parallel()
	s := startWith(t, secretly(infisical.Identity{TTL: time.Minute, MaxTTL: time.Hour, Uses: 2}))
	for _, last := range []func(token string) (int, map[string]any){s.reads, s.renew} {
		token := s.login(infisical.Staging)
		status, _ := s.do("GET", "/api/v4/secrets?projectId=local&environment=prod", token, "")
		require.Equal(t, 403, status)
		status, _ = s.renew(token)
		require.Equal(t, 200, status)
		status, _ = s.reads(token)
		require.Equal(t, 200, status)
		status, body := last(token)
		require.Equal(t, 401, status)
		requireRefused(t, 401, "Unable to renew because access token number of uses limit reached", body)
		status, _ = last(token)
		require.Equal(t, 401, status)
	}
	status, _ := s.reads(s.login(infisical.Staging))
	require.Equal(t, 200, status, "the next token is a new one")
}
