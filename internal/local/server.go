package local

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/sync/errgroup"

	"crane/internal/hint"
	"crane/internal/local/account"
	"crane/internal/local/api"
	"crane/internal/local/atomicfile"
	"crane/internal/local/fault"
	"crane/internal/local/infisical"
	"crane/internal/local/issuer"
	"crane/internal/local/runtime"
	"crane/internal/local/store"
	"crane/stacks"
)

// Serve runs the local Cloudflare until the context ends. It says on ready, and
// closes it, either that it is ready or what went wrong and what to do. It is
// meant for a process of its own: it ignores a terminal that hangs up.
func Serve(ctx context.Context, c Config, ready io.WriteCloser) error {
	signal.Ignore(syscall.SIGHUP)
	err := serve(ctx, c, ready)
	if err != nil {
		// After the ready word nobody listens any more.
		_ = json.NewEncoder(ready).Encode(failure{err.Error(), hint.Of(err)})
		_ = ready.Close()
	}
	return err
}

func serve(ctx context.Context, c Config, ready io.WriteCloser) error {
	release, err := c.hold()
	if err != nil {
		return err
	}
	defer release()
	if _, err := io.WriteString(ready, startingWord); err != nil {
		return fmt.Errorf("nobody waits for this server any more: %w", err)
	}
	listeners, err := c.listen()
	if err != nil {
		return err
	}
	defer listeners.close()
	services, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer services.close()
	return c.run(ctx, listeners, services, ready)
}

// hold takes the folder for this process. The kernel gives it back when the
// process ends, however it ends.
func (c Config) hold() (release func(), err error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(c.file("server.lock"))
	for {
		held, err := lock.TryLock()
		if err != nil {
			return nil, err
		}
		if held {
			break
		}
		// Somebody who only asks whether a server runs is not in the way for long.
		if _, err := c.Running(); !errors.Is(err, ErrNotRunning) {
			return nil, hint.Wrap(fmt.Errorf("%w in %s", ErrRunning, c.Dir), "crane local status")
		}
		time.Sleep(time.Millisecond)
	}
	release = func() {
		_ = os.Remove(c.file("server.json")) // gone already after a stop
		_ = lock.Unlock()
	}
	if err := os.RemoveAll(c.file("server.json")); err != nil { // a killed server's
		release()
		return nil, err
	}
	return release, nil
}

type services struct {
	api, workers, infisical http.Handler
	close                   func()
}

// open builds the three services over the state in the folder.
func (c Config) open(ctx context.Context) (services, error) {
	log, err := os.OpenFile(c.RequestLog(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return services{}, err
	}
	rt, err := runtime.New(ctx, runtime.Config{Workerd: c.Workerd, Dir: c.Dir, Log: os.Stderr})
	if err != nil {
		return services{}, errors.Join(err, log.Close())
	}
	closeAll := func() { _, _ = rt.Close(), log.Close() }
	db, err := store.Open(c.Dir)
	if errors.Is(err, store.ErrDamaged) {
		err = hint.Wrap(err, "crane local reset")
	}
	if err != nil {
		closeAll()
		return services{}, err
	}
	faults := &fault.Set{}
	cloudflare, err := api.New(api.Config{Store: db, Runtime: faults.Edge(rt), Accounts: account.All()})
	if err != nil {
		closeAll()
		return services{}, err
	}
	secrets, err := c.secrets()
	if err != nil {
		closeAll()
		return services{}, err
	}
	access := &accessLog{out: log}
	return services{
		api: beside(fault.Path, access.wrap("control", ownHost(faults.Control(account.All()))),
			access.wrap("api", ownHost(faults.Wrap(fault.API, cloudflare)))),
		workers:   access.wrap("workers", rt),
		infisical: access.wrap("infisical", ownHost(faults.Wrap(fault.Infisical, secrets))),
		close:     closeAll,
	}, nil
}

// secrets is Infisical, and beside it, under its prefix, the issuer that it trusts.
func (c Config) secrets() (http.Handler, error) {
	store, err := infisical.Open(c.Dir, stacks.Default())
	if err != nil {
		return nil, err
	}
	tokens, err := issuer.Open(c.Dir)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(issuer.Prefix+"/", tokens.Handler(c.Issuer()))
	mux.Handle("/", infisical.New(infisical.Config{Store: store, Trust: tokens.Trust(c.Issuer())}))
	return mux, nil
}

// beside puts a handler at one path and leaves all others to the rest.
func beside(path string, one, rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			one.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	})
}

func (c Config) run(ctx context.Context, l listeners, s services, ready io.WriteCloser) error {
	authority, err := OpenAuthority(c)
	if err != nil {
		return err
	}
	leaf, err := authority.Certificate(time.Now())
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	start := func(l net.Listener, h http.Handler) {
		srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: panicsTo(os.Stderr)}
		group.Go(func() error { return ended(srv.Serve(l)) })
		group.Go(func() error { <-ctx.Done(); return shutdown(srv) })
	}
	start(tls.NewListener(l.api, &tls.Config{Certificates: []tls.Certificate{leaf}, MinVersion: tls.VersionTLS12}), s.api)
	start(l.workers, s.workers)
	start(l.infisical, s.infisical)
	group.Go(func() error { return c.announce(ctx, ready) })
	return group.Wait()
}

// announce tells the world, by a file, and the starter, by its pipe, that the
// server is ready; and when it stops, that it is no longer.
func (c Config) announce(ctx context.Context, ready io.WriteCloser) error {
	s := Status{PID: os.Getpid(), Started: time.Now().UTC(), Config: c}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(c.file("server.json"), text, 0o600); err != nil {
		return err
	}
	note("process %d is ready", s.PID)
	_, _ = io.WriteString(ready, readyWord) // the starter may have gone
	_ = ready.Close()
	<-ctx.Done()
	note("process %d stops: %v", s.PID, context.Cause(ctx))
	return os.Remove(c.file("server.json"))
}

// note writes a line into the server's log.
func note(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "local: %s %s\n", time.Now().UTC().Format(time.RFC3339), fmt.Sprintf(format, args...))
}
