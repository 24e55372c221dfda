package local

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/require"

	"crane/internal/local/fault"
	"crane/internal/local/infisical"
	"crane/internal/local/issuer"
	"crane/stacks"
)

// exchange makes a request to Infisical or the issuer beside it; status 0 is no
// answer.
func (c client) exchange(method, url, token, body string) (status int, answer map[string]any) {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, url, strings.NewReader(body))
	require.NoError(c.t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	request.Close = true // on a connection of its own nothing is sent again
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	require.NoError(c.t, json.Unmarshal(text, &answer), string(text))
	return response.StatusCode, answer
}

// promotion is a token of the job that promotes.
func (c client) promotion() (job issuer.Job, token string) {
	c.t.Helper()
	job, err := issuer.StartJob(c.t.Context(), c.http, c.c.Issuer(), issuer.Promotion("sha"))
	require.NoError(c.t, err)
	status, answer := c.exchange("GET", job.URL+"&audience="+stacks.SecretsAudience, job.Token, "")
	require.Equal(c.t, 200, status)
	return job, answer["value"].(string)
}

func (c client) present(token string) (int, map[string]any) {
	c.t.Helper()
	return c.exchange("POST", "http://"+c.c.Infisical+"/api/v1/auth/oidc-auth/login", "",
		`{"identityId":"`+infisical.Production.ID+`","jwt":"`+token+`"}`)
}

// TestTheIssuerOfAServer gives a job the token with which it reads production. The
// key outlives a restart, and jobs do not.
func TestTheIssuerOfAServer(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	start(t, c)
	cloud := newClient(t, c)
	job, token := cloud.promotion()
	status, login := cloud.present(token)
	require.Equal(t, 200, status, login)
	access := login["accessToken"].(string)
	status, list := cloud.exchange("GET", "http://"+c.Infisical+"/api/v4/secrets?projectId=local&environment=prod&secretPath=/alpha", access, "")
	require.Equal(t, 200, status)
	require.NotEmpty(t, list["secrets"])

	require.NoError(t, Stop(t.Context(), c))
	start(t, c)
	provider, err := oidc.NewProvider(t.Context(), c.Issuer())
	require.NoError(t, err)
	_, err = provider.Verifier(&oidc.Config{ClientID: stacks.SecretsAudience}).Verify(t.Context(), token)
	require.NoError(t, err)
	status, _ = cloud.exchange("GET", job.URL, job.Token, "")
	require.Equal(t, 401, status)

	for _, r := range requestLog(t, c) {
		require.Equal(t, "infisical", r.Service, r.Path)
	}
	log, err := os.ReadFile(c.RequestLog())
	require.NoError(t, err)
	for _, secret := range []string{job.Token, access, strings.Split(token, ".")[1], stacks.SecretsAudience} {
		require.NotContains(t, string(log), secret)
	}
	status, _ = cloud.plain(c.Issuer()+"/.well-known/jwks", "evil.example")
	require.Equal(t, http.StatusMisdirectedRequest, status)
}

// TestFaultsOfInfisical meet it and the issuer, and leave the API alone.
func TestFaultsOfInfisical(t *testing.T) {
	t.Parallel()
	c := newConfig(t)
	start(t, c)
	cloud := newClient(t, c)
	_, token := cloud.promotion()
	add := func(kind fault.Kind, path string) {
		t.Helper()
		require.NoError(t, cloud.faults().Add(t.Context(), fault.Fault{Kind: kind, Service: fault.Infisical, Path: path, Count: 1}))
	}
	add(fault.RateLimit, ".*/login")
	add(fault.CutAfter, issuer.Prefix+"/jobs")
	require.Empty(t, cloud.list("/d1/database"))
	status, said := cloud.present(token)
	require.Equal(t, 429, status)
	require.Equal(t, "RateLimitExceeded", said["error"])
	status, _ = cloud.present(token)
	require.Equal(t, 200, status)
	_, err := issuer.StartJob(t.Context(), cloud.http, c.Issuer(), issuer.Promotion("sha"))
	require.ErrorIs(t, err, issuer.ErrStart)
	left, err := cloud.faults().List(t.Context())
	require.NoError(t, err)
	require.Empty(t, left)
}
