package cloudflare

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/cloudflare/cloudflare-go/v6/d1"
	"github.com/cloudflare/cloudflare-go/v6/option"
)

// Database is one D1 database.
type Database struct {
	client  *Client
	account string
	id      string
}

// Database names a database of an account and sends nothing.
func (c *Client) Database(account, id string) *Database {
	return &Database{client: c, account: account, id: id}
}

// Row is one row of a result, by column.
type Row map[string]any

// Query sends one request, once, and gives the rows of each statement. D1 runs
// the request's statements in one transaction: all of them, or none.
//
// The SDK would repeat a POST whose answer was lost; here nothing is repeated,
// because the first one may have been committed. Ambiguous tells such a failure
// from a definite one, such as SQLError.
func (d *Database) Query(ctx context.Context, sql string) ([][]Row, error) {
	var params d1.DatabaseQueryParams
	params.AccountID.Value, params.AccountID.Present = url.PathEscape(d.account), true
	var body d1.DatabaseQueryParamsBodyD1SingleQuery
	body.Sql.Value, body.Sql.Present = sql, true
	params.Body = body

	var response *http.Response
	page, err := d.client.databases.Query(ctx, url.PathEscape(d.id), params,
		option.WithMaxRetries(0), option.WithResponseInto(&response))
	if err != nil {
		return nil, failure(err, response, d.call())
	}
	return results(page.JSON.RawJSON())
}

// results reads the answer's own JSON, since the SDK looks neither at the
// envelope's success nor at a statement's.
func results(answer string) ([][]Row, error) {
	var envelope struct {
		Success bool
		Errors  []struct {
			Code    int64
			Message string
		}
		Result []struct {
			Success bool
			Results []Row
		}
	}
	if err := json.Unmarshal([]byte(answer), &envelope); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	if !envelope.Success && len(envelope.Errors) > 0 {
		return nil, &SQLError{Code: envelope.Errors[0].Code, Message: envelope.Errors[0].Message}
	}
	if !envelope.Success || len(envelope.Result) == 0 {
		return nil, fmt.Errorf("%w: it does not say what became of the statements", ErrAnswer)
	}
	rows := make([][]Row, 0, len(envelope.Result))
	for i, r := range envelope.Result {
		if !r.Success {
			return nil, fmt.Errorf("%w: statement %d did not succeed", ErrAnswer, i+1)
		}
		rows = append(rows, r.Results)
	}
	return rows, nil
}
