package github

import (
	"context"
	"errors"
)

// reach is how many runs are looked through for an artifact, two requests each.
const reach = 100

// Having is the newest of the runs that are wanted which has an artifact of a name
// that is still kept. When none of the newest hundred has, the error is ErrNone, or
// ErrExpired if one had it once. It needs the permissions actions: read and
// contents: read.
func (c *Client) Having(ctx context.Context, w Wanted, artifact string) (Run, error) {
	found, looked, lacking := Run{}, 0, w.none(" with an artifact "+artifact)
	err := c.search(ctx, w, func(run Run) (bool, error) {
		looked++
		_, err := c.artifact(ctx, run, artifact)
		switch {
		case err == nil:
			found = run
		case errors.Is(err, ErrExpired):
			lacking, err = err, nil
		case errors.Is(err, ErrNone):
			err = nil
		}
		return found != (Run{}) || looked == reach, err
	})
	if err == nil && found == (Run{}) {
		err = lacking
	}
	return found, err
}
