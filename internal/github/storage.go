package github

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	api "github.com/google/go-github/v88/github"
)

// maxArchive bounds an artifact as it arrives, in bytes.
const maxArchive = 256 << 20

// receive writes an artifact into a file and holds it against the digest that
// GitHub has of it, if it has one.
func (c *Client) receive(ctx context.Context, found *api.Artifact, into io.Writer) (int64, error) {
	body, err := c.open(ctx, found)
	if err != nil {
		return 0, err
	}
	defer body.Close()
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(into, hash), body)
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return 0, unfit(found.GetName(), "it has more than %d bytes", maxArchive)
	}
	if err != nil {
		return 0, asking(found.GetName()).failure(err)
	}
	if digest := "sha256:" + hex.EncodeToString(hash.Sum(nil)); found.Digest != nil && found.GetDigest() != digest {
		return 0, unfit(found.GetName(), "it is not what was uploaded: its digest is %.19s, and should be %.19s", digest, found.GetDigest())
	}
	return size, nil
}

// open begins to read an artifact. GitHub answers with an address in a storage
// that is somebody else's, good for a minute: the token is not sent there.
// https://docs.github.com/en/rest/actions/artifacts#download-an-artifact
func (c *Client) open(ctx context.Context, found *api.Artifact) (io.ReadCloser, error) {
	about := asking(found.GetName())
	place, response, err := c.api.Actions.DownloadArtifact(ctx, c.owner, c.name, found.GetID(), 0)
	if response != nil && response.Response != nil && response.StatusCode == http.StatusGone {
		return nil, expired(found.GetName())
	}
	if err != nil {
		return nil, about.failure(err)
	}
	if !confidential(place, c.local) {
		return nil, about.fails(ErrAnswer, "its storage has no https address", again)
	}
	return c.stored(ctx, about, place)
}

func (c *Client) stored(ctx context.Context, about call, place *url.URL) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, place.String(), nil)
	if err != nil {
		return nil, about.fails(ErrAnswer, "its storage cannot be asked", again)
	}
	response, err := c.storage.Do(request)
	if err != nil {
		return nil, about.failure(err)
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, about.fails(ErrUnavailable, fmt.Sprintf("its storage answered HTTP %d", response.StatusCode), again)
	}
	return response.Body, nil
}
