// Package cloudflare makes the few API calls that crane makes itself, through
// Cloudflare's official Go SDK: queries of a D1 database, the workers.dev route
// of a script, and the workers.dev subdomain of an account.
//
// Only subpackages of the SDK are imported: its root package would compile
// every product there is.
package cloudflare

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/cloudflare/cloudflare-go/v6/d1"
	"github.com/cloudflare/cloudflare-go/v6/option"
	"github.com/cloudflare/cloudflare-go/v6/workers"
)

// DefaultHost is where Cloudflare's own API answers.
const DefaultHost = "api.cloudflare.com"

// timeout bounds one request. D1 gives up on a request after 30 seconds, see
// https://developers.cloudflare.com/d1/platform/limits/.
const timeout = 60 * time.Second

// readRetries is how often a request that may safely be repeated is sent again
// after a transport error, 429 or 5xx. Queries are never repeated.
const readRetries = 2

// Config says which Cloudflare to talk to, and as whom. Nothing is read from
// the environment: what CLOUDFLARE_BASE_URL, CLOUDFLARE_API_KEY and their kind
// say makes no difference here.
type Config struct {
	// Host is a host with an optional port; empty means DefaultHost. Requests
	// go to https://<Host>/client/v4, always over TLS.
	Host string
	// Token is an API token. It is sent as a header and appears in no error.
	Token string
	// HTTPClient sends the requests; nil means one with a limit of 60 seconds.
	// Redirects are never followed.
	HTTPClient *http.Client
}

// Client speaks to one Cloudflare with one token.
type Client struct {
	host      string
	databases *d1.DatabaseService
	scripts   *workers.ScriptService
	routes    *workers.ScriptSubdomainService
	accounts  *workers.SubdomainService
}

// New makes a client and sends nothing. It refuses an empty token with
// ErrNoToken, and with ErrHost a host that is more than host and port.
func New(c Config) (*Client, error) {
	host := cmp.Or(c.Host, DefaultHost)
	base, err := url.Parse("https://" + host)
	if err != nil || base.Host != host || base.Hostname() == "" {
		return nil, fmt.Errorf("%w: %q (want a host with an optional port)", ErrHost, host)
	}
	if c.Token == "" {
		return nil, ErrNoToken
	}
	sender := *cmp.Or(c.HTTPClient, &http.Client{Timeout: timeout})
	sender.CheckRedirect = stay
	opts := []option.RequestOption{
		option.WithBaseURL("https://" + host + "/client/v4/"),
		option.WithHTTPClient(&sender),
		option.WithAPIToken(c.Token),
		option.WithMaxRetries(readRetries),
	}
	return &Client{
		host:      host,
		databases: d1.NewDatabaseService(opts...),
		scripts:   workers.NewScriptService(opts...),
		routes:    workers.NewScriptSubdomainService(opts...),
		accounts:  workers.NewSubdomainService(opts...),
	}, nil
}

// stay keeps a token from following a redirect.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
