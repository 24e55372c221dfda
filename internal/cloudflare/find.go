package cloudflare

import (
	"context"
	"net/http"
	"net/url"

	"github.com/cloudflare/cloudflare-go/v6/d1"
	"github.com/cloudflare/cloudflare-go/v6/option"
	"github.com/cloudflare/cloudflare-go/v6/workers"
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

// Databases are the ids of all D1 databases of an account, by their names. A
// request gives 1,000 of them.
func (c *Client) Databases(ctx context.Context, account string) (map[string]string, error) {
	var params d1.DatabaseListParams
	params.AccountID.Value, params.AccountID.Present = url.PathEscape(account), true
	params.PerPage.Value, params.PerPage.Present = 1000, true
	var response *http.Response
	pages := c.databases.ListAutoPaging(ctx, params, option.WithResponseInto(&response))
	found := map[string]string{}
	for pages.Next() {
		found[pages.Current().Name] = pages.Current().UUID
	}
	if err := pages.Err(); err != nil {
		return nil, failure(err, response, call{host: c.host, account: account, what: "the D1 databases"})
	}
	return found, nil
}

// Scripts are the names of all scripts of an account, in one request.
func (c *Client) Scripts(ctx context.Context, account string) (map[string]bool, error) {
	var params workers.ScriptListParams
	params.AccountID.Value, params.AccountID.Present = url.PathEscape(account), true
	var response *http.Response
	page, err := c.scripts.List(ctx, params, option.WithResponseInto(&response))
	if err != nil {
		return nil, failure(err, response, call{host: c.host, account: account, what: "the scripts"})
	}
	found := map[string]bool{}
	for _, script := range page.Result {
		found[script.ID] = true
	}
	return found, nil
}
