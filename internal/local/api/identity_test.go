package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
)

func TestAuthentication(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	production := "/accounts/" + account.Production.ID
	cases := []struct {
		token, method, path string
		status, code        int
		text                string
	}{
		{"", "GET", "/user", 400, 10000, "Authentication error"},
		{"wrong", "GET", "/user", 403, 10000, "Authentication error"},
		{"wrong", "POST", production + "/d1/database", 403, 10000, "Authentication error"},
		{account.Staging.Token, "POST", production + "/d1/database", 403, 7403, "not valid or is not authorized"},
		{account.Staging.Token, "GET", production, 403, 7403, "not valid or is not authorized"},
		{account.Staging.Token, "PUT", production + "/workers/scripts/x", 403, 10000, "Authentication error"},
		{account.Staging.Token, "GET", "/accounts/" + strings.Repeat("0", 32) + "/d1/database", 403, 7403, "not authorized"},
		{account.Staging.Token, "GET", "/nowhere", 404, 7003, "Could not route to /nowhere, perhaps your object identifier is invalid?"},
		{account.Staging.Token, "DELETE", "/user", 404, 7003, "Could not route to /user,"},
		{account.Staging.Token, "POST", "/graphql", 404, 7003, "Could not route to /graphql,"},
	}
	for _, tc := range cases {
		c.send(tc.token, tc.method, tc.path, "application/json", strings.NewReader(`{"name":"x"}`)).refused(t, tc.status, tc.code, tc.text)
	}
	require.Empty(t, c.state(), "a refused request changes nothing")
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	ask := func(path string) reply {
		return c.send(account.Production.Token, "GET", path, "", strings.NewReader(""))
	}
	require.Equal(t, "agent@localhost", ask("/user").object(t)["email"])
	require.Equal(t, "active", ask("/user/tokens/verify").object(t)["status"])
	require.Equal(t, account.Production.Name, ask("/accounts/" + account.Production.ID).object(t)["name"])
	require.Equal(t, account.Production.Subdomain, ask("/accounts/" + account.Production.ID + "/workers/subdomain").object(t)["subdomain"])
	for _, path := range []string{"/accounts", "/memberships"} {
		all := ask(path)
		require.Len(t, all.list(t), 1, "a token sees its own account only")
		require.Equal(t, account.Production.ID, all.list(t)[0]["id"])
		require.Equal(t, 1, all.ResultInfo["total_count"])
	}
}
