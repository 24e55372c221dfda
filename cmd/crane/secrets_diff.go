package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"

	"crane/internal/project"
	"crane/internal/secrets"
	"crane/stacks"
)

// errUnread means that one side could not be read, so that nothing is compared.
var errUnread = errors.New("nothing was compared")

// secretPair is one secret in the JSON document, which is a contract.
type secretPair struct {
	Name       string `json:"name"`
	Class      string `json:"class"`
	Staging    string `json:"staging"`
	Production string `json:"production"`
	Values     string `json:"values"`
}

func (w world) secretsDiff(ctx context.Context, args []string) error {
	var asJSON bool
	var file string
	err := w.noArguments("secrets diff", args, func(f *flag.FlagSet) {
		f.BoolVar(&asJSON, "json", false, "")
		f.StringVar(&file, "proof", "", "")
	})
	if err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	d, err := w.sides(ctx, l, file)
	if err != nil {
		return err
	}
	if asJSON {
		err = w.document(map[string]any{"secrets": d.pairs()})
	} else {
		err = w.diffTable(d.pairs())
	}
	return errors.Join(err, d.verdict())
}

// sides are the two stacks, each as far as it can be read.
type sides struct {
	proof               secrets.Proof
	staging, production *held // nil means not read
	unread              error // why production was not read
}

// sides reads production and staging, or staging's proof in its place.
func (w world) sides(ctx context.Context, l project.Layout, file string) (sides, error) {
	var d sides
	production, err := w.hold(ctx, l, stacks.Production)
	if err == nil {
		d.production = &production
	}
	d.unread = err
	if file != "" {
		d.proof, err = readProof(file)
		return d, errors.Join(err, d.unread) // without either there is nothing to show
	}
	staging, err := w.hold(ctx, l, stacks.Staging)
	if err != nil {
		return d, err
	}
	d.staging = &staging
	d.proof = secrets.Prove(stacks.Default(), staging.values)
	return d, nil
}

func readProof(file string) (secrets.Proof, error) {
	f, err := os.Open(file)
	if err != nil {
		return secrets.Proof{}, fmt.Errorf("%w: %w", errUnread, err)
	}
	defer f.Close()
	proof, err := secrets.ReadProof(f)
	if err != nil {
		err = fmt.Errorf("%w: %s: %w", errUnread, file, err)
	}
	return proof, err
}

// prove makes staging's proof.
func (w world) prove(ctx context.Context, l project.Layout) (secrets.Proof, error) {
	staging, err := w.hold(ctx, l, stacks.Staging)
	if err != nil {
		return secrets.Proof{}, err
	}
	values, err := staging.pick(staging.want)
	if err != nil {
		return secrets.Proof{}, err
	}
	return secrets.Prove(stacks.Default(), values), nil
}

// verdict is nil only when both sides were compared and share no infra secret.
func (d sides) verdict() error {
	if d.unread != nil {
		return fmt.Errorf("%w: %w", errUnread, d.unread)
	}
	if _, err := d.production.pick(d.production.want); err != nil {
		return fmt.Errorf("%w: %w", errUnread, err)
	}
	return d.proof.Isolated(stacks.Default(), d.production.values)
}

func (d sides) pairs() []secretPair {
	var pairs []secretPair
	for _, s := range bothWant() {
		pairs = append(pairs, secretPair{
			Name: s.Name, Class: string(s.Class),
			Staging: d.published(s), Production: d.production.present(s.Name), Values: d.values(s),
		})
	}
	return pairs
}

// bothWant are the secrets that either stack wants.
func bothWant() []stacks.Secret {
	all := stacks.Default().Secrets(stacks.Staging)
	for _, s := range stacks.Default().Secrets(stacks.Production) {
		if !slices.ContainsFunc(all, func(o stacks.Secret) bool { return o.Name == s.Name }) {
			all = append(all, s)
		}
	}
	return all
}

func (h *held) present(name string) string {
	switch {
	case h == nil:
		return "unread"
	case h.values[name] == "":
		return "missing"
	}
	return "present"
}

// published is whether staging has a secret, also when only its proof says so.
func (d sides) published(s stacks.Secret) string {
	if d.staging != nil || s.Name == stacks.FingerprintKey {
		return d.staging.present(s.Name)
	}
	if d.proof.Marks[s.Name] == "" {
		return "missing"
	}
	return "present"
}

// values compares a secret's two values as a promotion does, by the proof.
func (d sides) values(s stacks.Secret) string {
	if d.production == nil {
		return "unknown"
	}
	switch same, ok := d.proof.Same(s.Name, d.production.values); {
	case !ok:
		return "unknown"
	case same:
		return "same"
	}
	return "different"
}

func (w world) diffTable(pairs []secretPair) error {
	out := tabwriter.NewWriter(w.names, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "SECRET\tCLASS\tSTAGING\tPRODUCTION\tVALUES")
	for _, p := range pairs {
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", p.Name, p.Class, p.Staging, p.Production, p.Values)
	}
	return out.Flush()
}
