package doctor

import (
	"context"
	"errors"
	"fmt"
)

// oneIdentity is what makes one of the two that are declared.
const oneIdentity = "correct StagingIdentity in stacks/production.go, or crane:infisicalClient in Pulumi.staging.yaml"

func (v vault) same(ctx context.Context) Seen {
	err := v.known(ctx)
	switch {
	case errors.Is(err, errOther):
		return wrong(err.Error())
	case err != nil:
		return v.dark(err)
	}
	return ok(v.Protection.StagingIdentity)
}

// known is nil when the settings of staging's identity, which are found by its
// id, are those of the client that logs in.
func (v vault) known(ctx context.Context) error {
	s, err := v.staging(ctx, v.Protection.StagingIdentity)
	if err == nil && s.ClientID != v.access.Client {
		err = fmt.Errorf("%s has the client id %s, and %s logs in: %w", v.Protection.StagingIdentity, s.ClientID, v.access.Client, errOther)
	}
	return err
}
