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
	staged, promotion := filepath.Join(dir, "release"), filepath.Join(dir, "promoted")
	verified, none, err := receipts(gate.Deploy, staged, proven(ctx, client, gate.Deploy, commit, staged))
	if err != nil {
		return err
	}
	promoted, without, err := receipts(gate.Promote, promotion, proven(ctx, client, gate.Promote, "", promotion))
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

// proven downloads the receipts that the newest run of a workflow has published,
// any commit's unless one is named: the artifact that has the name of the folder.
// The run may have failed after that; what was verified or promoted is so all the
// same. Whether it was is for the receipts' signatures to say, not for the colour
// of a run.
func proven(ctx context.Context, client *github.Client, of stacks.Workflow, commit, dir string) error {
	wanted, artifact := runsOf(of), filepath.Base(dir)
	wanted.Commit, wanted.Ended = commit, true
	run, err := client.Having(ctx, wanted, artifact)
	if err != nil {
		return err
	}
	return client.Download(ctx, run, artifact, dir)
}

// receipts reads those in an artifact, the newest first, which has the name of the
// folder that it was downloaded into; none is why there was none to download.
func receipts(of stacks.Workflow, dir string, downloaded error) (all []*release.Signed, none, err error) {
	if missing(downloaded) {
		return nil, downloaded, nil
	} else if downloaded != nil {
		return nil, nil, downloaded
	}
	if all, err = (release.Store{Dir: dir}).All(); err == nil {
		err = whole(all)
	}
	if err == nil && len(all) == 0 {
		err = release.ErrNone
	}
	if err != nil {
		return nil, nil, hint.Wrap(fmt.Errorf("%w %s: %w; nothing was kept", github.ErrArtifact, filepath.Base(dir), err), "gh run list --workflow "+of.File)
	}
	return all, nil, nil
}
