package local

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"

	"crane/internal/hint"
	"crane/stacks"
)

type listeners struct{ api, workers, infisical net.Listener }

func (l listeners) close() {
	for _, each := range []net.Listener{l.api, l.workers, l.infisical} {
		if each != nil {
			_ = each.Close() // already closed when the servers shut down
		}
	}
}

func (c Config) listen() (l listeners, err error) {
	for _, want := range []struct {
		what, addr string
		into       *net.Listener
	}{
		{"Cloudflare's API", c.API, &l.api},
		{"the Workers", c.Workers, &l.workers},
		{"Infisical", c.Infisical, &l.infisical},
	} {
		if *want.into, err = listenLoopback(want.addr); err != nil {
			l.close()
			return listeners{}, fmt.Errorf("%w, wanted for %s; nothing was started", err, want.what)
		}
	}
	return l, nil
}

// listenLoopback listens on this machine only, whatever a name server says of
// localhost.
func listenLoopback(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || !stacks.Loopback(addr) {
		return nil, hint.Wrap(fmt.Errorf("%w: %s is not an address of this machine only", ErrNotLocal, addr),
			"mend the address in Pulumi.staging.yaml")
	}
	if net.ParseIP(host) == nil {
		host = "127.0.0.1"
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, hint.Wrap(fmt.Errorf("%w: %s", ErrPortBusy, addr),
			"stop the program that has it, or change the port in Pulumi.staging.yaml")
	}
	return l, err
}

// ownHost refuses a request to a name that is not this machine's: a web page
// whose name was made to lead here must not read secrets.
func ownHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !stacks.Loopback(r.Host) {
			http.Error(w, "the local Cloudflare answers to this machine's own names only", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
