package cloudflare

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/cloudflare/cloudflare-go/v6/option"
	"github.com/cloudflare/cloudflare-go/v6/workers"
)

// EnableRoute makes a script answer under its account's workers.dev subdomain.
// Preview URLs, which would show versions that nobody deployed, are turned off.
func (c *Client) EnableRoute(ctx context.Context, account, script string) error {
	var params workers.ScriptSubdomainNewParams
	params.AccountID.Value, params.AccountID.Present = url.PathEscape(account), true
	params.Enabled.Value, params.Enabled.Present = true, true
	params.PreviewsEnabled.Present = true
	var response *http.Response
	_, err := c.routes.New(ctx, url.PathEscape(script), params, option.WithResponseInto(&response))
	return failure(err, response, call{host: c.host, account: account, what: "Worker " + script})
}

// DisableRoute takes a script off workers.dev; a script that is gone is fine.
func (c *Client) DisableRoute(ctx context.Context, account, script string) error {
	var params workers.ScriptSubdomainDeleteParams
	params.AccountID.Value, params.AccountID.Present = url.PathEscape(account), true
	var response *http.Response
	_, err := c.routes.Delete(ctx, url.PathEscape(script), params, option.WithResponseInto(&response))
	err = failure(err, response, call{host: c.host, account: account, what: "Worker " + script})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// RouteEnabled reports whether a script answers under workers.dev. A script
// that is gone is ErrNotFound.
func (c *Client) RouteEnabled(ctx context.Context, account, script string) (bool, error) {
	var params workers.ScriptSubdomainGetParams
	params.AccountID.Value, params.AccountID.Present = url.PathEscape(account), true
	var response *http.Response
	route, err := c.routes.Get(ctx, url.PathEscape(script), params, option.WithResponseInto(&response))
	if err != nil {
		return false, failure(err, response, call{host: c.host, account: account, what: "Worker " + script})
	}
	return route.Enabled, nil
}

// Subdomain is the name of an account under workers.dev. An account that has
// registered none is ErrNotFound.
func (c *Client) Subdomain(ctx context.Context, account string) (string, error) {
	var params workers.SubdomainGetParams
	params.AccountID.Value, params.AccountID.Present = url.PathEscape(account), true
	var response *http.Response
	got, err := c.accounts.Get(ctx, params, option.WithResponseInto(&response))
	if err != nil {
		return "", failure(err, response, call{host: c.host, account: account, what: "workers.dev subdomain"})
	}
	return got.Subdomain, nil
}
