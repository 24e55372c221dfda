package provider

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"golang.org/x/time/rate"

	"crane/stacks"
)

// defaultHost is where the official plugin goes when no host is configured.
const defaultHost = "api.cloudflare.com"

// defaultRPS is the official plugin's rate unless one is configured.
var defaultRPS = 4

// installHint is how to get the plugin that may leave this machine.
const installHint = "pulumi plugin install resource cloudflare " + Version

// tokenPattern is what the official provider demands of a token.
var tokenPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{40}$`)

// Config is the provider's configuration, of which this stand-in knows a part.
type Config struct {
	APIHostname *string `pulumi:"apiHostname,optional"`
	APIBasePath *string `pulumi:"apiBasePath,optional"`
	APIToken    *string `pulumi:"apiToken,optional" provider:"secret"`
	RPS         *int    `pulumi:"rps,optional"`

	options Options
	client  *client
}

// Annotate describes the configuration in the schema.
func (c *Config) Annotate(a infer.Annotator) {
	a.Describe(&c.APIHostname, "The API's host and port; this stand-in refuses any that is not this machine.")
	a.Describe(&c.APIBasePath, "The API's path, /client/v4 unless set.")
	a.Describe(&c.APIToken, "The API token; CLOUDFLARE_API_TOKEN unless set.")
	a.Describe(&c.RPS, "Requests per second, retries among them; 4 unless set.")
}

// Configure checks everything before the first request can be made.
func (c *Config) Configure(context.Context) error {
	host, err := c.host()
	if err != nil {
		return err
	}
	path := cmp.Or(value(c.APIBasePath), "/client/v4")
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#") {
		return fmt.Errorf("%w: the base path %q is not a path such as /client/v4; no request was made", ErrConfig, path)
	}
	if c.RPS != nil && *c.RPS < 1 {
		return fmt.Errorf("%w: rps is %d, it must be at least 1; no request was made", ErrConfig, *c.RPS)
	}
	token := cmp.Or(value(c.APIToken), c.options.Getenv("CLOUDFLARE_API_TOKEN"))
	if !tokenPattern.MatchString(token) {
		return hinted(fmt.Errorf("%w: there is no API token of 40 letters, digits, - and _; no request was made", ErrConfig),
			"set CLOUDFLARE_API_TOKEN, or cloudflare:apiToken as a secret")
	}
	c.client = &client{
		http: c.options.Client, sleep: c.options.Sleep, token: token,
		pace: rate.NewLimiter(rate.Limit(*cmp.Or(c.RPS, &defaultRPS)), 1),
		base: "https://" + host + strings.TrimSuffix(path, "/"),
	}
	return nil
}

// numbered makes a number of an rps that is text. In `pulumi import` the engine
// hands the stack's configuration, which is all text, to the default provider
// without a CheckConfig in between that would have converted it.
func numbered(req p.ConfigureRequest) p.ConfigureRequest {
	rps := req.Args.Get("rps")
	if !rps.IsString() {
		return req
	}
	if n, err := strconv.Atoi(rps.AsString()); err == nil {
		req.Args = req.Args.Set("rps", property.New(float64(n)))
	}
	return req
}

// diffConfig tells what changed in the configuration, none of which asks for a
// replacement: infer would ask for one, and then every resource of the provider
// would be replaced as well, the databases with their data.
func diffConfig(_ context.Context, req p.DiffRequest) (p.DiffResponse, error) {
	changed := map[string]p.PropertyDiff{}
	for name := range properties(reflect.TypeFor[Config]()) {
		old, had := req.OldInputs.GetOk(name)
		now, has := req.Inputs.GetOk(name)
		switch {
		case had && !has:
			changed[name] = p.PropertyDiff{Kind: p.Delete, InputDiff: true}
		case has && !had:
			changed[name] = p.PropertyDiff{Kind: p.Add, InputDiff: true}
		case has && !now.WithSecret(false).Equals(old.WithSecret(false)):
			changed[name] = p.PropertyDiff{Kind: p.Update, InputDiff: true}
		}
	}
	return p.DiffResponse{HasChanges: len(changed) > 0, DetailedDiff: changed}, nil
}

// host is the configured one, if it can only be this machine.
func (c *Config) host() (string, error) {
	host := cmp.Or(value(c.APIHostname), defaultHost)
	u, err := url.Parse("https://" + host)
	if err == nil && u.Host == host && stacks.Loopback(host) {
		return host, nil
	}
	return "", hinted(fmt.Errorf("%w: it serves the local Cloudflare only and refuses the host %q; no request was made",
		ErrConfig, host), installHint+", or set cloudflare:apiHostname to the local Cloudflare's address")
}

// api is the client of a configured provider.
func api(ctx context.Context) (*client, error) {
	c := infer.GetConfig[Config](ctx).client
	if c == nil {
		return nil, fmt.Errorf("%w: it is not configured; no request was made", ErrConfig)
	}
	return c, nil
}

// value is what a pointer points to, or the zero value.
func value[T any](pointer *T) T {
	if pointer == nil {
		var zero T
		return zero
	}
	return *pointer
}
