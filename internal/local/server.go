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
	"syscall"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/sync/errgroup"

	"crane/internal/hint"
	"crane/internal/local/account"
	"crane/internal/local/api"
	"crane/internal/local/infisical"
	"crane/internal/local/runtime"
	"crane/internal/local/store"
	"crane/stacks"
)

// readyWord is what a server says when it is ready.
const readyWord = "ready\n"

// Serve runs the local Cloudflare until the context ends. It says on ready, and
// closes it, either that it is ready or what went wrong and what to do.
func Serve(ctx context.Context, c Config, ready io.WriteCloser) error {
	err := serve(ctx, c, ready)
	if err != nil {
		fmt.Fprintf(ready, "%v\n%s", err, hint.Of(err)) // after the ready line nobody listens any more
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
	// Somebody who only asks whether a server runs holds the lock for a moment.
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	held, err := lock.TryLockContext(ctx, 20*time.Millisecond)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil, err
	}
	if !held {
		return nil, hint.Wrap(fmt.Errorf("%w in %s", ErrRunning, c.Dir), "crane local status")
	}
	return func() {
		_ = os.Remove(c.file("server.json"))
		_ = lock.Unlock()
	}, os.RemoveAll(c.file("server.json"))
}

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
		*want.into, err = net.Listen("tcp", want.addr)
		if errors.Is(err, syscall.EADDRINUSE) {
			err = hint.Wrap(fmt.Errorf("%w: %s, wanted for %s; nothing was started", ErrPortBusy, want.addr, want.what),
				"stop the program that has it, or change the port in Pulumi.staging.yaml")
		}
		if err != nil {
			l.close()
			return listeners{}, err
		}
	}
	return l, nil
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
	if err != nil {
		closeAll()
		return services{}, err
	}
	cloudflare, err := api.New(api.Config{Store: db, Runtime: rt, Accounts: account.All()})
	if err != nil {
		closeAll()
		return services{}, err
	}
	vault, err := infisical.Open(c.Dir, stacks.Default())
	if err != nil {
		closeAll()
		return services{}, err
	}
	access := &accessLog{out: log}
	return services{
		api:       access.wrap("api", cloudflare),
		workers:   access.wrap("workers", rt),
		infisical: access.wrap("infisical", infisical.New(infisical.Config{Store: vault})),
		close:     closeAll,
	}, nil
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
		srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: quiet()}
		group.Go(func() error { return ended(srv.Serve(l)) })
		group.Go(func() error { <-ctx.Done(); return shutdown(srv) })
	}
	start(tls.NewListener(l.api, &tls.Config{Certificates: []tls.Certificate{leaf}, MinVersion: tls.VersionTLS12}), s.api)
	start(l.workers, s.workers)
	start(l.infisical, s.infisical)
	if err := c.announce(ready); err != nil {
		return err
	}
	return group.Wait()
}

// announce tells the world, by a file, and the starter, by its pipe.
func (c Config) announce(ready io.WriteCloser) error {
	text, err := json.Marshal(Status{PID: os.Getpid(), Started: time.Now().UTC(), Config: c})
	if err != nil {
		return err
	}
	if err := replace(c.file("server.json"), text, 0o600); err != nil {
		return err
	}
	_, err = io.WriteString(ready, readyWord)
	return errors.Join(err, ready.Close())
}
