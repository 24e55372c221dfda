package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"crane/internal/secrets"
	"crane/stacks"
)

// secretStatus is one secret in the JSON document, which is a contract.
type secretStatus struct {
	Name    string   `json:"name"`
	Class   string   `json:"class"`
	State   string   `json:"state"`
	Workers []string `json:"workers"`
}

func (w world) secretsCheck(ctx context.Context, args []string) error {
	var asJSON bool
	name := stacks.Staging.Name
	err := w.noArguments("secrets check", args, func(f *flag.FlagSet) {
		f.BoolVar(&asJSON, "json", false, "")
		f.StringVar(&name, "stack", name, "")
	})
	if err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	stack, err := stacks.Lookup(name)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	h, err := w.hold(ctx, l, stack)
	if err != nil {
		return err
	}
	if asJSON {
		err = w.document(map[string]any{"stack": stack.Name, "secrets": h.states()})
	} else {
		err = w.checkTable(h.states())
	}
	_, lacking := h.pick(h.want)
	return errors.Join(err, lacking)
}

// states are the secrets that are wanted, and then those that nobody wants.
func (h held) states() []secretStatus {
	var rows []secretStatus
	unused := maps.Clone(h.values)
	for _, s := range h.want {
		delete(unused, s.Name)
		rows = append(rows, secretStatus{Name: s.Name, Class: string(s.Class), State: secrets.State(s.Name, h.values[s.Name]), Workers: append([]string{}, s.Workers...)})
	}
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		rows = append(rows, secretStatus{Name: name, State: "unused", Workers: []string{}})
	}
	return rows
}

func (w world) checkTable(rows []secretStatus) error {
	out := tabwriter.NewWriter(w.names, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "SECRET\tCLASS\tSTATE\tWORKERS")
	for _, r := range rows {
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", r.Name, orDash(r.Class), r.State, orDash(strings.Join(r.Workers, ", ")))
	}
	return out.Flush()
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
