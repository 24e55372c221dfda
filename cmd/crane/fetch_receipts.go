package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"

	"crane/internal/github"
	"crane/internal/hint"
	"crane/internal/release"
	"crane/stacks"
)

func (w world) fetchReceipts(ctx context.Context, args []string) error {
	var commit, dir string
	err := w.noArguments("fetch receipts", args, func(f *flag.FlagSet) {
		f.StringVar(&commit, "commit", "", "")
		f.StringVar(&dir, "releases", "", "")
	})
	if err == nil && commit != "" && !fullCommit.MatchString(commit) {
		err = fmt.Errorf("%w: --commit is 40 hexadecimal digits, not %q", errUsage, commit)
	}
	if err != nil {
		return err
	}
	l, err := w.layout()
	if err != nil {
		return err
	}
	client, err := w.github()
	if err != nil {
		return err
	}
	store := releases(l, dir)
	return aside(store.Dir, func(dir string) error { return w.takeReceipts(ctx, client, store, commit, dir) })
}

// takeReceipts keeps what was fetched once all of it is known to be whole.
func (w world) takeReceipts(ctx context.Context, client *github.Client, store release.Store, commit, dir string) error {
	gate := stacks.ProductionGate
	verified, none, err := receipts(ctx, client, gate.Deploy, commit, "release", filepath.Join(dir, "release"))
	if err != nil {
		return err
	}
	promoted, without, err := receipts(ctx, client, gate.Promote, "", "promoted", filepath.Join(dir, "promoted"))
	if err != nil {
		return err
	}
	chosen := toPromote(commit, verified, promoted)
	if chosen == nil {
		return noReceipt(commit, none)
	}
	for _, why := range []error{none, without} {
		w.note(why)
	}
	if err := keepAll(store, append(verified, promoted...)); err != nil {
		return err
	}
	fmt.Fprintln(w.names, chosen.Commit)
	return nil
}

// receipts downloads one artifact and reads the receipts in it, the newest first;
// none is why there are none to download.
func receipts(ctx context.Context, client *github.Client, of stacks.Workflow, commit, artifact, dir string) (all []*release.Signed, none, err error) {
	if err := published(ctx, client, of, commit, artifact, dir); missing(err) {
		return nil, err, nil
	} else if err != nil {
		return nil, nil, err
	}
	if all, err = (release.Store{Dir: dir}).All(); err == nil {
		err = whole(all)
	}
	if err == nil && len(all) == 0 {
		err = release.ErrNone
	}
	if err != nil {
		return nil, nil, hint.Wrap(fmt.Errorf("%w %s: %w; nothing was kept", github.ErrArtifact, artifact, err), "gh run list --workflow "+of.File)
	}
	return all, nil, nil
}
