package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"crane/internal/github"
	"crane/internal/hint"
	"crane/internal/release"
	"crane/stacks"
)

// whole holds the bundles of receipts against what they name.
func whole(all []*release.Signed) error {
	for _, signed := range all {
		for _, runs := range signed.Workers {
			if _, err := signed.Bundle(runs.Bundle); err != nil {
				return err
			}
		}
	}
	return nil
}

// toPromote is the newest receipt, of a commit if one is named: the deploy run's,
// and else what was promoted.
func toPromote(commit string, lists ...[]*release.Signed) *release.Signed {
	for _, list := range lists {
		for _, signed := range list {
			if commit == "" || signed.Commit == commit {
				return signed
			}
		}
	}
	return nil
}

// noReceipt is the error of having found none to promote.
func noReceipt(commit string, none error) error {
	if none != nil {
		return none
	}
	of := "at all"
	if commit != "" {
		of = fmt.Sprintf("of commit %.12s", commit)
	}
	return hint.Wrap(fmt.Errorf("%w release: it has no receipt %s; nothing was kept", github.ErrArtifact, of),
		"gh run list --workflow "+stacks.ProductionGate.Deploy.File)
}

// keepAll puts receipts into the store. One that is there stays as it is.
func keepAll(store release.Store, all []*release.Signed) error {
	for _, signed := range all {
		_, err := store.ByDigest(signed.Digest())
		if errors.Is(err, release.ErrNone) && !errors.Is(err, release.ErrMalformed) {
			err = release.Copy(signed, filepath.Join(store.Dir, signed.Digest()))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
