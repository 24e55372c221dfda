// Package idtoken asks GitHub for the token with which a job of a workflow says
// who it is. How, is at
// https://docs.github.com/en/actions/reference/security/oidc.
package idtoken

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"crane/internal/hint"
)

// The two variables that GitHub sets for a job with the permission id-token:
// write. No other variable is looked at, and neither is trusted: what the token
// says is signed.
const (
	URLVariable   = "ACTIONS_ID_TOKEN_REQUEST_URL"
	TokenVariable = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
)

// The errors of this package.
var (
	// ErrNoJob means that this is no job that may ask for a token.
	ErrNoJob = errors.New("not a job of the workflow")
	// ErrRefused means that the job was not given a token.
	ErrRefused = errors.New("no identity token")
)

const (
	patience  = 30 * time.Second
	maxAnswer = 100 << 10 // bytes; a token has some two thousand
)

// Job is what GitHub gives a job so that it can ask for tokens.
type Job struct{ url, token string }

// FromEnvironment finds the job that this process is part of, or ErrNoJob.
func FromEnvironment(getenv func(string) string) (Job, error) {
	j := Job{url: getenv(URLVariable), token: getenv(TokenVariable)}
	if j.url == "" || j.token == "" {
		return Job{}, hint.Wrap(fmt.Errorf("%w: %s and %s are not both set", ErrNoJob, URLVariable, TokenVariable),
			"only a job with the permission id-token: write can do this; gh workflow run promote.yml starts one")
	}
	u, err := url.Parse(j.url)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && Here(u.Hostname())) {
		return Job{}, hint.Wrap(fmt.Errorf("%w: %s is not an https address", ErrNoJob, URLVariable), "unset "+URLVariable)
	}
	return j, nil
}

// Lookup finds a variable in an environment as os.Environ gives it; the first of
// a name wins, as in the C library, and one that is not there is empty.
func Lookup(environ []string) func(name string) string {
	return func(name string) string {
		for _, pair := range environ {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

// Here reports whether a host, without its port, is this machine and is asked
// directly: Go's client goes through a proxy of the environment's for every other
// name, those under localhost too.
func Here(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Token asks for a token for one audience. It is never kept anywhere: what holds
// it can speak for the job while it lasts, five minutes at GitHub.
func (j Job) Token(ctx context.Context, audience string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, j.url, nil)
	if err != nil {
		return "", refused("the address in %s cannot be asked", URLVariable)
	}
	query := request.URL.Query()
	query.Set("audience", audience)
	request.URL.RawQuery = query.Encode()
	request.Header.Set("Authorization", "bearer "+j.token)
	response, err := client.Do(request)
	if err != nil {
		return "", refused("%s did not answer: %v", request.URL.Host, errors.Unwrap(err))
	}
	defer response.Body.Close()
	return read(response)
}

// client follows no redirect, which would carry the job's credential elsewhere.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func read(response *http.Response) (string, error) {
	if response.StatusCode != http.StatusOK {
		return "", refused("%s answered %s", response.Request.URL.Host, response.Status)
	}
	var body struct{ Value string }
	if err := json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&body); err != nil || body.Value == "" {
		return "", refused("%s answered something else than a token", response.Request.URL.Host)
	}
	return body.Value, nil
}

func refused(format string, args ...any) error {
	return hint.Wrap(fmt.Errorf("%w: "+format, append([]any{ErrRefused}, args...)...),
		"give the job the permission id-token: write, and run it again")
}
