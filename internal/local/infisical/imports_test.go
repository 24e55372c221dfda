package infisical_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/local/infisical"
	"crane/stacks"
)

// names are what a listing holds: keys, or the places of its imports.
func names(list any, name string) []any {
	all := []any{}
	for _, each := range list.([]any) {
		all = append(all, each.(map[string]any)[name])
	}
	return all
}

func TestImports(t *testing.T) {
	t.Parallel()
	scope := stacks.Staging.Secrets
	first, second := stacks.Scope{Environment: "dev", Path: "/b"}, stacks.Scope{Environment: "dev", Path: "/a"}
	s := startWith(t, infisical.Config{Imports: map[stacks.Scope][]stacks.Scope{
		scope: {first, stacks.Production.Secrets, {Environment: "dev", Path: "/gone"}, second},
		first: {second},
	}})
	require.NoError(t, s.store.Set(first, "ONE", "1"))
	require.NoError(t, s.store.Set(second, "TWO", "2"))
	token := s.login(infisical.Staging)
	for query, want := range map[string][]any{
		v3:                            {},
		v3 + "&include_imports=false": {},
		v3 + "&includeImports=true":   {},
		v3 + "&include_imports=true":  {"/b", "/a"},
		v4:                            {"/b", "/a"},
		v4 + "&includeImports=true":   {"/b", "/a"},
		v4 + "&include_imports=true":  {"/b", "/a"},
		v4 + "&includeImports=false":  {},
		v4 + "&include_imports=false": {},
		v4 + "&include_imports=":      {},
		"/api/v4/secrets?projectId=local&environment=dev&secretPath=/b": {"/a"},
		"/api/v4/secrets?projectId=local&environment=dev&secretPath=/a": {},
	} {
		status, body := s.do("GET", query, token, "")
		require.Equal(t, 200, status, query)
		require.Equal(t, want, names(body["imports"], "secretPath"), query)
		require.NotContains(t, names(body["secrets"], "secretPath"), "", query)
	}
	_, body := s.do("GET", v3+"&include_imports=true", token, "")
	require.Equal(t, []any{stacks.FingerprintKey, "OWN", "THEIRS"}, names(body["secrets"], "secretKey"), "imports are beside them")
	one := body["imports"].([]any)[0].(map[string]any)
	require.Equal(t, "dev", one["environment"])
	require.Equal(t, []any{"ONE"}, names(one["secrets"], "secretKey"))
	require.Equal(t, []any{"1"}, names(one["secrets"], "secretValue"))
	require.Equal(t, []any{"/b"}, names(one["secrets"], "secretPath"))
}

// TestListOnly names every secret and shows none.
func TestListOnly(t *testing.T) {
	t.Parallel()
	other := stacks.Scope{Environment: "dev", Path: "/other"}
	c := secretly(infisical.Identity{ListOnly: true})
	c.Imports = map[stacks.Scope][]stacks.Scope{stacks.Staging.Secrets: {other}}
	s := startWith(t, c)
	require.NoError(t, s.store.Set(other, "ONE", "1"))
	token := s.login(infisical.Staging)
	const mask = "<hidden-by-infisical>"
	for _, path := range []string{v3 + "&viewSecretValue=true&include_imports=true", v4} {
		status, body := s.do("GET", path, token, "")
		require.Equal(t, 200, status)
		require.Equal(t, []any{stacks.FingerprintKey, "OWN", "THEIRS"}, names(body["secrets"], "secretKey"))
		require.Equal(t, []any{mask, mask, mask}, names(body["secrets"], "secretValue"))
		require.Equal(t, []any{true, true, true}, names(body["secrets"], "secretValueHidden"))
		require.Equal(t, []any{mask}, names(body["imports"].([]any)[0].(map[string]any)["secrets"], "secretValue"))
	}
	_, body := s.do("GET", "/api/v3/secrets/raw/OWN?workspaceId=local&environment=dev&secretPath=/alpha/staging", token, "")
	require.Equal(t, mask, body["secret"].(map[string]any)["secretValue"])
}
