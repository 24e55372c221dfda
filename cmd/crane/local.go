package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"crane/internal/local"
	"crane/internal/project"
)

const localUsage = `
usage: crane local start | stop | status [--json] | reset
       crane local secret list [--stack S] | set [--stack S] NAME
       crane local job [--workflow promote|deploy] [--claim NAME=VALUE]...
       crane local fault list [--json] | clear
       crane local fault add KIND [--service api|infisical] [--method M] [--path REGEXP]
                                  [--count N] [--skip N] [--for TIME]

The local Cloudflare: API, Workers on real workerd, D1 on workerd's own engine,
and an Infisical, in one process on the loopback interface. Its addresses are
those in Pulumi.staging.yaml and its state is in .crane/local. Crons do not fire by
the clock; http://<script>.localhost:<port>/cdn-cgi/handler/scheduled?cron=... fires one.

  start    returns when it is ready; a second start finds the first
  stop     ends it; its state stays
  status   says where it listens; --json has pid, started, api, workers, infisical
  reset    removes its state; refuses while it runs
  secret   lists the names of a stack's secrets, staging's unless --stack says production,
           or sets one to what standard input holds
  job      prints exports that make a shell a job of the workflow, with which it can ask the
           local issuer for tokens as GitHub's jobs do; --claim changes what they say
  fault    lists what is to go wrong with requests, adds to it, or clears it; a restart clears it
           too. Columns of the list: KIND, SERVICE, METHOD, PATH, COUNT and SKIP left, FOR

A fault takes the next request to the API, or with --service infisical to Infisical and the issuer
under /oidc, whose method and whole path match, as the request log has them; --count N the next N,
0 all until cleared; --skip N lets N of them pass first. Infisical has the first six kinds:

  429                      rate limit; --for is what it says in Retry-After, 1s unless given
  500-before, 500-after    an internal error before or after the request had its effect
  cut-before, cut-after    no answer at all, before or after the effect
  latency                  answers after --for
  propagation              an upload's old version answers for --for; --path is the script's
  d1-overloaded, d1-reset  D1's own errors, without an effect
  d1-quota                 a free account's daily row writes are used up

Examples:
  crane local start
  crane local status --json
  printf %s my-key | crane local secret set CONTEXT_KEY
  crane local fault add 429 --method PUT --path '.*/workers/scripts/[^/]+' --count 2
  crane local fault add 500-before --service infisical --path '.*/login'
  crane local fault list
  crane local fault clear
`

func (w world) local(ctx context.Context, args []string) error {
	rest, err := w.flags("local", args, func(*flag.FlagSet) {})
	if err != nil {
		return err
	}
	sub := map[string]func(context.Context, []string) error{
		"start": w.localStart, "stop": w.localStop, "status": w.localStatus,
		"reset": w.localReset, "secret": w.localSecret, "job": w.localJob, "fault": w.localFault, "serve": w.localServe,
	}
	if len(rest) == 0 || sub[rest[0]] == nil {
		return fmt.Errorf("%w: crane local needs one of start, stop, status, reset, secret, job, fault", errUsage)
	}
	return sub[rest[0]](ctx, rest[1:])
}

// config reads where the local Cloudflare of this project is.
func (w world) config(name string, args []string) (local.Config, error) {
	if err := w.noArguments("local "+name, args, func(*flag.FlagSet) {}); err != nil {
		return local.Config{}, err
	}
	l, err := w.layout()
	if err != nil {
		return local.Config{}, err
	}
	return local.Configure(l)
}

func (w world) localStart(ctx context.Context, args []string) error {
	if err := w.noArguments("local start", args, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	s, err := w.startLocal(ctx, l)
	if err == nil {
		w.where(s)
	}
	return err
}

func (w world) where(s local.Status) {
	fmt.Fprintf(w.stdout, "local Cloudflare, process %d\n", s.PID)
	fmt.Fprintf(w.stdout, "  API        https://%s\n", s.API)
	fmt.Fprintf(w.stdout, "  Workers    http://<script>.%s\n", s.Workers)
	fmt.Fprintf(w.stdout, "  Infisical  http://%s\n", s.Infisical)
}

func (w world) localStop(ctx context.Context, args []string) error {
	c, err := w.config("stop", args)
	if err != nil {
		return err
	}
	if err := local.Stop(ctx, c); !errors.Is(err, local.ErrNotRunning) {
		return err
	}
	fmt.Fprintln(w.stderr, "the local Cloudflare was not running")
	return nil
}

func (w world) localStatus(_ context.Context, args []string) error {
	var asJSON bool
	if err := w.noArguments("local status", args, func(f *flag.FlagSet) { f.BoolVar(&asJSON, "json", false, "") }); err != nil {
		return err
	}
	c, err := w.config("status", nil)
	if err != nil {
		return err
	}
	s, err := c.Running()
	if err != nil {
		return startHint(err)
	}
	if asJSON {
		return json.NewEncoder(w.stdout).Encode(s)
	}
	w.where(s)
	return nil
}

func (w world) localReset(_ context.Context, args []string) error {
	c, err := w.config("reset", args)
	if err != nil {
		return err
	}
	return local.Reset(c)
}

// localServe is the server itself. Start runs it in the background, with a
// pipe as file 3 on which it says when it is ready.
func (w world) localServe(ctx context.Context, args []string) error {
	var root string
	if err := w.noArguments("local serve", args, func(f *flag.FlagSet) { f.StringVar(&root, "root", "", "") }); err != nil {
		return err
	}
	l := project.Layout{Root: root}
	c, err := local.Configure(l)
	if err != nil {
		return err
	}
	if c, err = c.WithWorkerd(l); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	syscall.CloseOnExec(3) // else workerd would hold it open, and nobody would ever hear that we are ready
	return local.Serve(ctx, c, os.NewFile(3, "ready"))
}
