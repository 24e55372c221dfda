package cloudflare

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/cloudflare/cloudflare-go/v6/d1"
	"github.com/cloudflare/cloudflare-go/v6/option"
)

// FindDatabase is the id of the D1 database of a name; empty when there is none.
func (c *Client) FindDatabase(ctx context.Context, account, name string) (string, error) {
	var params d1.DatabaseListParams
	params.AccountID.Value, params.AccountID.Present = url.PathEscape(account), true
	params.Name.Value, params.Name.Present = name, true
	var response *http.Response
	page, err := c.databases.List(ctx, params, option.WithResponseInto(&response))
	if err != nil {
		return "", failure(err, response, call{host: c.host, account: account, what: "D1 database " + name})
	}
	for _, found := range page.Result { // the service's filter also finds names that only contain it
		if found.Name == name {
			return found.UUID, nil
		}
	}
	return "", nil
}

// ScriptExists reports whether a script has been uploaded.
func (c *Client) ScriptExists(ctx context.Context, account, script string) (bool, error) {
	_, err := c.RouteEnabled(ctx, account, script)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
