package cloudflare

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/cloudflare/cloudflare-go/v6/d1"
	"github.com/cloudflare/cloudflare-go/v6/option"
)

// Bookmark names the state that the database is in now. Bookmarks are ordered as
// text, and can be restored for 30 days (7 on the free plan), see
// https://developers.cloudflare.com/d1/reference/time-travel/.
func (d *Database) Bookmark(ctx context.Context) (string, error) {
	var params d1.DatabaseTimeTravelGetBookmarkParams
	params.AccountID.Value, params.AccountID.Present = url.PathEscape(d.account), true
	var response *http.Response
	found, err := d.client.databases.TimeTravel.GetBookmark(ctx, url.PathEscape(d.id), params,
		option.WithMaxRetries(readRetries), option.WithResponseInto(&response))
	if err != nil {
		return "", failure(err, response, d.call())
	}
	if found.Bookmark == "" {
		return "", fmt.Errorf("%w: no bookmark", ErrAnswer)
	}
	return found.Bookmark, nil
}

// Restore puts the database back to a bookmark, in place, and gives the bookmark
// of the state it was in before, which undoes it. It is sent once.
func (d *Database) Restore(ctx context.Context, bookmark string) (previous string, err error) {
	var params d1.DatabaseTimeTravelRestoreParams
	params.AccountID.Value, params.AccountID.Present = url.PathEscape(d.account), true
	params.Bookmark.Value, params.Bookmark.Present = bookmark, true
	var response *http.Response
	done, err := d.client.databases.TimeTravel.Restore(ctx, url.PathEscape(d.id), params,
		option.WithMaxRetries(0), option.WithResponseInto(&response))
	if err != nil {
		return "", failure(err, response, d.call())
	}
	return done.PreviousBookmark, nil
}

func (d *Database) call() call {
	return call{host: d.client.host, account: d.account, what: "D1 database " + d.id, sql: true}
}
