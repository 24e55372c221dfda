package doctor

import (
	"context"
	"fmt"
	"net/url"
	"time"
)

// settings are those of a way to log in. What is nil was not in the answer.
type settings struct {
	// ClientID is Universal Auth's, of the identity that was asked about.
	ClientID     string            `json:"clientId"`
	DiscoveryURL string            `json:"oidcDiscoveryUrl"`
	Issuer       string            `json:"boundIssuer"`
	Audiences    string            `json:"boundAudiences"`
	Claims       map[string]string `json:"boundClaims"`
	TTL          *int64            `json:"accessTokenTTL"`
	MaxTTL       *int64            `json:"accessTokenMaxTTL"`
	Uses         *int64            `json:"accessTokenNumUsesLimit"`
	// Period lets a token be renewed for ever.
	Period int64 `json:"accessTokenPeriod"`
}

// clientSecret is what is known of a client secret. Its life is in seconds, zero
// is for ever.
type clientSecret struct {
	Description string     `json:"description"`
	TTL         *int64     `json:"clientSecretTTL"`
	Revoked     bool       `json:"isClientSecretRevoked"`
	Created     *time.Time `json:"createdAt"`
}

// production are the settings of the identity that the promote job logs in as.
func (i *Infisical) production(ctx context.Context) (settings, error) {
	return i.oidc.get(func() (settings, error) {
		var said struct {
			Settings *settings `json:"identityOidcAuth"`
		}
		err := i.read(ctx, "/api/v1/auth/oidc-auth/identities/"+url.PathEscape(i.access.Identity), &said)
		if err == nil && said.Settings == nil {
			err = errAnswer
		}
		if err != nil {
			return settings{}, err
		}
		return *said.Settings, nil
	})
}

// staging are the settings of the identity that is declared to be staging's,
// whoever this process logs in as.
func (i *Infisical) staging(ctx context.Context, identity string) (settings, error) {
	return i.universal.get(func() (settings, error) {
		var said struct {
			Settings *settings `json:"identityUniversalAuth"`
		}
		err := i.read(ctx, "/api/v1/auth/universal-auth/identities/"+url.PathEscape(identity), &said)
		if err == nil && (said.Settings == nil || said.Settings.ClientID == "") {
			err = errAnswer
		}
		if err != nil {
			return settings{}, err
		}
		return *said.Settings, nil
	})
}

func (i *Infisical) clientSecrets(ctx context.Context, identity string) ([]clientSecret, error) {
	var said struct {
		Secrets []clientSecret `json:"clientSecretData"`
	}
	err := i.read(ctx, "/api/v1/auth/universal-auth/identities/"+url.PathEscape(identity)+"/client-secrets", &said)
	if err == nil && len(said.Secrets) == 0 { // this process logged in with one
		err = errAnswer
	}
	return said.Secrets, err
}

// roles are the slugs of an identity's roles in the project.
func (i *Infisical) roles(ctx context.Context, identity string) ([]string, error) {
	var said struct {
		Membership struct {
			Roles []struct {
				Role string `json:"role"`
				Slug string `json:"customRoleSlug"`
			} `json:"roles"`
		} `json:"identityMembership"`
	}
	err := i.read(ctx, fmt.Sprintf("/api/v1/projects/%s/memberships/identities/%s", url.PathEscape(i.access.Project), url.PathEscape(identity)), &said)
	if err == nil && len(said.Membership.Roles) == 0 {
		err = errAnswer
	}
	var slugs []string
	for _, r := range said.Membership.Roles {
		if r.Slug != "" {
			r.Role = r.Slug
		}
		slugs = append(slugs, r.Role)
	}
	return slugs, err
}
