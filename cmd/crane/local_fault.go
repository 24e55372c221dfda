package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"text/tabwriter"
	"time"

	"crane/internal/local"
	"crane/internal/local/account"
	"crane/internal/local/fault"
)

// faultPatience is how long the control endpoint may take to answer.
const faultPatience = 10 * time.Second

// localFault lists, adds and clears what is to go wrong with the requests to the
// API and to Infisical.
func (w world) localFault(ctx context.Context, args []string) error {
	sub := map[string]func(context.Context, []string) error{
		"list": w.faultList, "add": w.faultAdd, "clear": w.faultClear,
	}
	if len(args) == 0 || sub[args[0]] == nil {
		return fmt.Errorf("%w: crane local fault needs list, add KIND, or clear", errUsage)
	}
	return sub[args[0]](ctx, args[1:])
}

func (w world) faultList(ctx context.Context, args []string) error {
	var asJSON bool
	if err := w.noArguments("local fault list", args, func(f *flag.FlagSet) { f.BoolVar(&asJSON, "json", false, "") }); err != nil {
		return err
	}
	control, err := w.faults()
	if err != nil {
		return err
	}
	all, err := control.List(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(w.stdout).Encode(all)
	}
	return w.faultTable(all)
}

func (w world) faultTable(all []fault.Fault) error {
	if len(all) == 0 {
		fmt.Fprintln(w.stderr, "nothing is to go wrong")
		return nil
	}
	table := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "KIND\tSERVICE\tMETHOD\tPATH\tCOUNT\tSKIP\tFOR")
	for _, f := range all {
		count, duration := fmt.Sprint(f.Count), f.For.String()
		if f.Count == 0 {
			count = "all"
		}
		if f.For == 0 {
			duration = "-"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", f.Kind, cmp.Or(f.Service, fault.API), orAny(f.Method), orAny(f.Path), count, f.Skip, duration)
	}
	return table.Flush()
}

func orAny(text string) string {
	if text == "" {
		return "any"
	}
	return text
}

func (w world) faultAdd(ctx context.Context, args []string) error {
	if len(args) == 0 || len(args[0]) > 0 && args[0][0] == '-' {
		return fmt.Errorf("%w: crane local fault add needs a KIND first", errUsage)
	}
	added := fault.Fault{Kind: fault.Kind(args[0])}
	if err := w.noArguments("local fault add", args[1:], func(f *flag.FlagSet) {
		f.StringVar((*string)(&added.Service), "service", "", "")
		f.StringVar(&added.Method, "method", "", "")
		f.StringVar(&added.Path, "path", "", "")
		f.IntVar(&added.Count, "count", 1, "")
		f.IntVar(&added.Skip, "skip", 0, "")
		f.DurationVar((*time.Duration)(&added.For), "for", 0, "")
	}); err != nil {
		return err
	}
	control, err := w.faults()
	if err != nil {
		return err
	}
	return control.Add(ctx, added)
}

func (w world) faultClear(ctx context.Context, args []string) error {
	if err := w.noArguments("local fault clear", args, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	control, err := w.faults()
	if err != nil {
		return err
	}
	return control.Clear(ctx)
}

// faults reaches the control endpoint of the local Cloudflare that runs.
func (w world) faults() (fault.Client, error) {
	c, err := w.config("fault", nil)
	if err != nil {
		return fault.Client{}, err
	}
	s, err := c.Running()
	if err != nil {
		return fault.Client{}, startHint(err)
	}
	sender, err := trusting(c)
	return fault.Client{HTTP: sender, Host: s.API, Token: account.Staging.Token}, err
}

// trusting is an HTTP client that trusts the local authority, and uses no proxy.
func trusting(c local.Config) (*http.Client, error) {
	roots, err := os.ReadFile(c.Roots())
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(roots)
	return &http.Client{
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}},
		Timeout:   faultPatience,
	}, nil
}
