package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Cloudflare asks Cloudflare's API with one token.
type Cloudflare struct {
	asker
	token string
}

// NewCloudflare asks a host, with a port if it has one, over https. It sends
// nothing yet.
func NewCloudflare(c *http.Client, host, token string) (*Cloudflare, error) {
	if token == "" {
		return nil, errToken
	}
	return &Cloudflare{asker{"Cloudflare", "https://" + host + "/client/v4", still(c), cloudflareReason}, token}, nil
}

func cloudflareReason(body []byte) ([]int, string) {
	var said struct {
		Errors []struct {
			Code    int
			Message string
		}
	}
	_ = json.Unmarshal(body, &said) // what is no JSON says nothing
	var codes []int
	message := ""
	for _, e := range said.Errors {
		codes = append(codes, e.Code)
		if message == "" {
			message = e.Message
		}
	}
	return codes, message
}

// envelope is around every answer, see
// https://developers.cloudflare.com/fundamentals/api/reference/deprecations/#responses.
type envelope[T any] struct {
	Success *bool `json:"success"`
	Result  *T    `json:"result"`
}

func fetch[T any](ctx context.Context, c *Cloudflare, path string) (T, error) {
	var e envelope[T]
	var none T
	if err := c.get(ctx, c.token, path, &e); err != nil {
		return none, err
	}
	if e.Success == nil || !*e.Success || e.Result == nil {
		return none, errAnswer
	}
	return *e.Result, nil
}

// object is a script or a database as the API lists it.
type object struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	UUID string `json:"uuid"`
}

func (c *Cloudflare) scripts(ctx context.Context, account string) ([]object, error) {
	return fetch[[]object](ctx, c, "/accounts/"+url.PathEscape(account)+"/workers/scripts")
}

// databases are those of an account, of which a request gives 1,000.
func (c *Cloudflare) databases(ctx context.Context, account string) ([]object, error) {
	return fetch[[]object](ctx, c, "/accounts/"+url.PathEscape(account)+"/d1/database?per_page=1000")
}

// bookmark is where a database is now. That there is one means that it can be put
// back: https://developers.cloudflare.com/d1/reference/time-travel/.
func (c *Cloudflare) bookmark(ctx context.Context, account, id string) (string, error) {
	at, err := fetch[struct {
		Bookmark string `json:"bookmark"`
	}](ctx, c, "/accounts/"+url.PathEscape(account)+"/d1/database/"+url.PathEscape(id)+"/time_travel/bookmark")
	if err == nil && at.Bookmark == "" {
		err = errAnswer
	}
	return at.Bookmark, err
}

// tokenStatus is what Cloudflare says of a token.
type tokenStatus struct {
	Status  string     `json:"status"`
	Expires *time.Time `json:"expires_on"`
}

// verify asks where tokens of an account are known, and then where those of a
// person are: https://developers.cloudflare.com/api/resources/accounts/subresources/tokens/methods/verify/.
func (c *Cloudflare) verify(ctx context.Context, account string) (tokenStatus, error) {
	var said tokenStatus
	var err error
	for _, path := range []string{"/accounts/" + url.PathEscape(account) + "/tokens/verify", "/user/tokens/verify"} {
		if said, err = fetch[tokenStatus](ctx, c, path); err == nil && said.Status == "" {
			err = errAnswer
		}
		if err == nil {
			return said, nil
		}
	}
	return said, err
}

// refused reports whether Cloudflare says that the token may not: with 403, or a
// code that means it, see https://developers.cloudflare.com/fundamentals/api/troubleshooting/.
func refused(err error) bool {
	var answer *answerError
	if !errors.As(err, &answer) {
		return false
	}
	return answer.status == http.StatusForbidden || slices.Contains(answer.codes, 9109) || slices.Contains(answer.codes, 10000)
}
