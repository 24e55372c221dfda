// Package provider is a stand-in for the official Pulumi plugin cloudflare
// v5.49.1: the same type tokens and properties for the three resources used
// here, and the same API calls as the Terraform provider v4.52 that the
// official plugin wraps. It talks to the local Cloudflare only.
// Shapes: github.com/pulumi/pulumi-cloudflare (sdk/v5), and
// github.com/cloudflare/terraform-provider-cloudflare (v4, internal/).
package provider

import (
	"context"
	"net"
	"net/http"
	"os"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Name and Version are those of the official plugin.
const (
	Name    = "cloudflare"
	Version = "5.49.1"
)

// timeout bounds one request; an upload of a Worker runs it once on the way.
const timeout = 60 * time.Second

// Options are what the plugin takes from outside; the zero value is the real thing.
type Options struct {
	// Client makes the requests; nil means one that dials this machine only.
	Client *http.Client
	// Getenv reads the environment; nil means os.Getenv.
	Getenv func(string) string
	// Sleep waits between retries; nil means real time.
	Sleep func(context.Context, time.Duration) error
}

// New is the plugin.
func New(o Options) p.Provider {
	plugin := infer.Provider(infer.Options{
		Resources: []infer.InferredResource{
			infer.Resource(&D1Database{}),
			infer.Resource(&WorkersScript{}),
			infer.Resource(&WorkersCronTrigger{}),
		},
		Config: infer.Config(&Config{options: o.withDefaults()}),
	})
	plugin.DiffConfig = diffConfig
	configure := plugin.Configure
	plugin.Configure = func(ctx context.Context, req p.ConfigureRequest) error {
		return configure(ctx, numbered(req))
	}
	return plugin
}

func (o Options) withDefaults() Options {
	if o.Client == nil {
		o.Client = &http.Client{
			Timeout:       timeout,
			Transport:     &http.Transport{DialContext: dialLoopback},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return o
}

// dialLoopback sends names under .localhost to this machine, whatever a name
// server says of them.
func dialLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if net.ParseIP(host) == nil {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
