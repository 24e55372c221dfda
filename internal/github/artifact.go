package github

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	api "github.com/google/go-github/v88/github"

	"crane/internal/hint"
)

// Download puts the contents of a run's artifact into a folder that is not there
// yet, whole or not at all; the folders above it are made if need be. Errors are
// ErrNone when the run has no artifact of that name, ErrExpired and ErrArtifact.
// It needs the permission actions: read.
func (c *Client) Download(ctx context.Context, run Run, name, dir string) error {
	found, err := c.artifact(ctx, run, name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	archive, err := os.CreateTemp(filepath.Dir(dir), partial+"*")
	if err != nil {
		return err
	}
	defer os.Remove(archive.Name())
	defer archive.Close()
	size, err := c.receive(ctx, found, archive)
	if err != nil {
		return err
	}
	return unpack(archive, size, name, dir)
}

// artifact finds an artifact of a run; of two that were uploaded under one name
// the later one.
func (c *Client) artifact(ctx context.Context, run Run, name string) (*api.Artifact, error) {
	var found *api.Artifact
	err := seek(asking(name),
		func(page api.ListOptions) ([]*api.Artifact, *api.Response, error) {
			list, response, err := c.api.Actions.ListWorkflowRunArtifacts(ctx, c.owner, c.name, run.ID, &page)
			if list == nil {
				list = &api.ArtifactList{}
			}
			return list.Artifacts, response, err
		},
		func(page []*api.Artifact) bool {
			for _, each := range page {
				if is(each.Name, name) && each.GetWorkflowRun().GetID() == run.ID && each.GetID() > found.GetID() {
					found = each
				}
			}
			return false
		})
	switch {
	case err != nil:
		return nil, err
	case found == nil:
		return nil, hint.Wrap(fmt.Errorf("%w: run %d of %s has no artifact %s", ErrNone, run.Number, run.Workflow, name), fmt.Sprintf("gh run view %d", run.ID))
	case found.Expired == nil || found.GetExpired():
		return nil, expired(name)
	}
	return found, nil
}

func asking(name string) call {
	return call{"the artifact " + name, "nothing was kept", "actions: read"}
}

func expired(name string) error {
	return hint.Wrap(fmt.Errorf("%w: %s; nothing was fetched", ErrExpired, name), "run the workflow that publishes it again")
}
