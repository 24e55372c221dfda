package smoke

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"

	"crane/stacks"
)

// NewClient is an HTTP client for asking Workers. A name under .localhost is
// this machine without asking DNS or a proxy, as RFC 6761 (section 6.3) allows.
// Every request opens a connection of its own, so that it meets the edge as a
// new visitor does, and a redirect is an answer like any other.
func NewClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext:       dial,
			Proxy:             proxy,
			DisableKeepAlives: true,
			ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err == nil && strings.HasSuffix(strings.ToLower(host), ".localhost") {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, address)
}

func proxy(request *http.Request) (*url.URL, error) {
	if stacks.Loopback(request.URL.Host) {
		return nil, nil
	}
	return http.ProxyFromEnvironment(request)
}
