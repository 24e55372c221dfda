package main

import (
	"context"
	"flag"
	"fmt"

	"crane/internal/project"
	"crane/stacks"
)

const secretsUsage = `
usage: crane secrets check [--stack S] [--json]
       crane secrets diff [--proof FILE] [--json]
       crane secrets proof

The secrets that the fleet binds, by name: no value, no length and no part of
one is ever shown.

  check   which secrets the stack wants that its source lacks, and which the
          source has that no Worker binds. Exits with 1 when any is missing
  diff    each secret on both stacks, and whether they hold the same value.
          Exits with 1 when they share one of class infra, also under another
          name, or when it cannot be said
  proof   staging's proof: keyed digests of its secrets, with which production
          can tell, without reading staging, that it shares none of class infra

The stack is staging unless --stack says production, whose secrets only a job of
the workflow can read: outside of one, diff shows staging's and fails. Within
one, diff --proof FILE compares with staging's proof instead of reading both.

Columns of check: SECRET, CLASS, STATE (present, missing, short, long,
unused), WORKERS. Of diff: SECRET, CLASS, STAGING, PRODUCTION (present, missing, unread),
VALUES (same, different, unknown). --json prints {"stack", "secrets": [{"name",
"class", "state", "workers"}]} and {"secrets": [{"name", "class", "staging",
"production", "values"}]}; proof prints {"key", "marks"}. Fields are only ever
added.

Examples:
  crane secrets check
  crane secrets diff --json
  crane secrets proof > proof.json
`

func (w world) secrets(ctx context.Context, args []string) error {
	rest, err := w.flags("secrets", args, func(*flag.FlagSet) {})
	if err != nil {
		return err
	}
	sub := map[string]func(context.Context, []string) error{
		"check": w.secretsCheck, "diff": w.secretsDiff, "proof": w.secretsProof,
	}
	if len(rest) == 0 || sub[rest[0]] == nil {
		return fmt.Errorf("%w: crane secrets needs one of check, diff, proof", errUsage)
	}
	return sub[rest[0]](ctx, rest[1:])
}

// secretsProof prints staging's proof. There is none of production: whoever can
// read staging knows the key, and could test guesses against it.
func (w world) secretsProof(ctx context.Context, args []string) error {
	if err := w.noArguments("secrets proof", args, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	proof, err := w.prove(ctx, l)
	if err != nil {
		return err
	}
	return w.document(proof)
}

// held is what one stack wants and what its source holds.
type held struct {
	stacks.Stack
	want   []stacks.Secret
	values map[string]string
	pick   func(want []stacks.Secret) (map[string]string, error)
}

// hold reads the secrets of one stack, in one call.
func (w world) hold(ctx context.Context, l project.Layout, stack stacks.Stack) (held, error) {
	h := held{Stack: stack, want: stacks.Default().Secrets(stack)}
	source, err := w.source(ctx, l, stack)
	if err != nil {
		return h, err
	}
	if h.values, err = source.Fetch(ctx, stack.Secrets, h.want); err != nil {
		return h, err
	}
	h.pick = picking(h, source)
	return h, nil
}
