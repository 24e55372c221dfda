package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"crane/stacks"
)

// Infisical asks as staging's identity, which logs in once. Shapes:
// https://infisical.com/docs/api-reference/endpoints.
type Infisical struct {
	asker
	access Access

	login           once[grant]
	oidc, universal once[settings]
}

// Access is how Infisical is asked, and about what.
type Access struct {
	// Site is its address, https unless it is this machine's.
	Site string
	// Project is the id of the project.
	Project string
	// Client and Secret log staging's identity in.
	Client, Secret string
	// Identity is the id of production's identity.
	Identity string
}

// NewInfisical sends nothing.
func NewInfisical(c *http.Client, a Access) *Infisical {
	return &Infisical{asker: asker{"Infisical", a.Site, still(c), infisicalReason}, access: a}
}

func infisicalReason(body []byte) ([]int, string) {
	var said struct{ Message string }
	_ = json.Unmarshal(body, &said) // what is no JSON says nothing
	return nil, said.Message
}

// grant is what a login gives. Lives are in seconds.
type grant struct {
	AccessToken       string `json:"accessToken"`
	ExpiresIn         *int64 `json:"expiresIn"`
	AccessTokenMaxTTL *int64 `json:"accessTokenMaxTTL"`
}

func (i *Infisical) in(ctx context.Context) (grant, error) {
	return i.login.get(func() (grant, error) {
		var g grant
		if i.access.Secret == "" {
			return g, fmt.Errorf("CRANE_INFISICAL_CLIENT_SECRET is not set: %w", errToken)
		}
		err := i.post(ctx, "/api/v1/auth/universal-auth/login", map[string]string{"clientId": i.access.Client, "clientSecret": i.access.Secret}, &g)
		if err == nil && (g.AccessToken == "" || g.ExpiresIn == nil || g.AccessTokenMaxTTL == nil) {
			err = errAnswer
		}
		return g, err
	})
}

// read reads one path as staging's identity.
func (i *Infisical) read(ctx context.Context, path string, into any) error {
	g, err := i.in(ctx)
	if err != nil {
		return err
	}
	return i.get(ctx, g.AccessToken, path, into)
}

// list asks for the names in a scope; the values stay where they are.
func (i *Infisical) list(ctx context.Context, s stacks.Scope) error {
	query := url.Values{
		"projectId": {i.access.Project}, "environment": {s.Environment}, "secretPath": {s.Path},
		"viewSecretValue": {"false"}, "expandSecretReferences": {"false"}, "includeImports": {"false"}, "recursive": {"false"},
	}
	var said struct {
		Secrets *[]json.RawMessage `json:"secrets"`
	}
	err := i.read(ctx, "/api/v4/secrets?"+query.Encode(), &said)
	if err == nil && said.Secrets == nil {
		err = errAnswer
	}
	return err
}
