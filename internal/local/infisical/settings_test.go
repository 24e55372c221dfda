package infisical_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/local/infisical"
	"crane/internal/local/issuer"
	"crane/stacks"
)

// TestSettings reads what the official routes show of an identity. The client
// secret itself is in none of it.
func TestSettings(t *testing.T) {
	t.Parallel()
	s := start(t)
	token := s.login(infisical.Staging)

	status, body := s.do("GET", "/api/v1/auth/oidc-auth/identities/local-production", token, "")
	require.Equal(t, 200, status)
	oidc := body["identityOidcAuth"].(map[string]any)
	require.Equal(t, s.url+issuer.Prefix, oidc["oidcDiscoveryUrl"])
	require.Equal(t, s.url+issuer.Prefix, oidc["boundIssuer"])
	require.Equal(t, stacks.SecretsAudience, oidc["boundAudiences"])
	require.Len(t, oidc["boundClaims"], 8)
	require.EqualValues(t, 900, oidc["accessTokenTTL"])
	require.EqualValues(t, 900, oidc["accessTokenMaxTTL"])
	require.EqualValues(t, 10, oidc["accessTokenNumUsesLimit"])

	status, body = s.do("GET", "/api/v1/auth/universal-auth/identities/local-staging", token, "")
	require.Equal(t, 200, status)
	require.Equal(t, "local-staging", body["identityUniversalAuth"].(map[string]any)["clientId"])

	status, body = s.do("GET", "/api/v1/auth/universal-auth/identities/local-staging/client-secrets", token, "")
	require.Equal(t, 200, status)
	require.NotContains(t, body, infisical.Staging.Universal.ClientSecret)
	require.EqualValues(t, 90*24*3600, body["clientSecretData"].([]any)[0].(map[string]any)["clientSecretTTL"])

	status, body = s.do("GET", "/api/v1/projects/local/memberships/identities/local-production", token, "")
	require.Equal(t, 200, status)
	roles := body["identityMembership"].(map[string]any)["roles"].([]any)
	require.Equal(t, stacks.ProductionProtection.ProductionRole, roles[0].(map[string]any)["customRoleSlug"])
}

// TestSettingsOfOthers are not shown without a token, nor of an identity that
// does not log in that way.
func TestSettingsOfOthers(t *testing.T) {
	t.Parallel()
	s := start(t)
	token := s.login(infisical.Staging)
	for _, path := range []string{
		"/api/v1/auth/oidc-auth/identities/local-staging", "/api/v1/auth/universal-auth/identities/local-production",
		"/api/v1/auth/universal-auth/identities/local-production/client-secrets", "/api/v1/projects/other/memberships/identities/local-staging",
	} {
		status, _ := s.do("GET", path, token, "")
		require.Equal(t, 404, status, path)
		status, _ = s.do("GET", path, "", "")
		require.Equal(t, 401, status, path)
	}
}

// TestDeclared holds the identities here to what the project declares of them.
func TestDeclared(t *testing.T) {
	t.Parallel()
	declared := stacks.ProductionProtection
	require.Equal(t, declared.StagingIdentity, infisical.Staging.ID)
	require.Equal(t, declared.StagingRole, "crane-"+infisical.Staging.Name)
	require.Equal(t, declared.ProductionRole, "crane-"+infisical.Production.Name)
	require.LessOrEqual(t, infisical.Production.Uses, declared.Uses)
}
