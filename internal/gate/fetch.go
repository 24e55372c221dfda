package gate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"crane/internal/hint"
	"crane/stacks"
)

const (
	// keysPath is where an issuer has its keys. GitHub's are at
	// https://token.actions.githubusercontent.com/.well-known/jwks.
	keysPath = "/.well-known/jwks"
	// maxKeys bounds them, in bytes; GitHub's have some ten thousand.
	maxKeys  = 100 << 10
	patience = 30 * time.Second
)

// Archive fetches the keys of an issuer, to be kept beside what was signed with
// one of them. Errors are ErrKeys.
func Archive(ctx context.Context, issuer string) ([]byte, error) {
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !(u.Scheme == "http" && stacks.Loopback(u.Host)) {
		return nil, fmt.Errorf("%w: %s is not an https address", ErrKeys, shown(issuer))
	}
	text, err := get(ctx, issuer+keysPath)
	if err != nil {
		return nil, hint.Wrap(fmt.Errorf("%w: %s %w", ErrKeys, u.Host, err), again(u.Host))
	}
	if _, err := parse(text); err != nil {
		return nil, hint.Wrap(err, again(u.Host))
	}
	return text, nil
}

func again(host string) string {
	if stacks.Loopback(host) {
		return "crane local start, and do it again"
	}
	return "do it again; https://www.githubstatus.com says whether GitHub is well"
}

// get reads one short answer. Its errors continue the name of the host.
func get(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("cannot be asked")
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("did not answer: %w", cause(err))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("answered %s", response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxKeys+1))
	if err != nil {
		return nil, fmt.Errorf("did not answer to the end: %w", err)
	}
	if len(text) > maxKeys {
		return nil, fmt.Errorf("answered more than %d bytes", maxKeys)
	}
	return text, nil
}

// cause is a failed request's error without its method and address.
func cause(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// client follows no redirect and no proxy that a variable names, and looks for
// this machine's names nowhere else (RFC 6761, section 6.3).
var client = &http.Client{
	Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true, ForceAttemptHTTP2: true},
	CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	},
}

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err == nil && net.ParseIP(host) == nil && stacks.Loopback(strings.ToLower(host)) {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, address)
}
