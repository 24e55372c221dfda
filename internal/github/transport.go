package github

import (
	"net/http"
	"time"
)

const (
	// patience is how long one request to the API may take, endurance how long an
	// artifact may take to arrive.
	patience  = time.Minute
	endurance = 10 * time.Minute
	// maxAnswer bounds an answer, in bytes: a page has at most thirty comments of
	// 65,536 characters, each of six bytes when it is escaped.
	maxAnswer = 16 << 20
)

// plain is a client that follows no redirect, which would carry the token to
// another host, and reads no more of an answer than most bytes.
func plain(c *http.Client, patience time.Duration, most int64) *http.Client {
	var copied http.Client
	if c != nil {
		copied = *c
	}
	if copied.Transport == nil {
		copied.Transport = http.DefaultTransport
	}
	copied.Transport = bounded{copied.Transport, most}
	copied.Timeout = patience
	copied.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &copied
}

// bounded makes reading too long an answer an error.
type bounded struct {
	next http.RoundTripper
	most int64
}

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(r)
	if err == nil {
		response.Body = http.MaxBytesReader(nil, response.Body, b.most)
	}
	return response, err
}
