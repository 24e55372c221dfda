package secrets

import (
	"errors"
	"fmt"
	"net/http"

	sdk "github.com/infisical/go-sdk/packages/errors"

	"crane/internal/hint"
	"crane/stacks"
)

var errNoToken = errors.New("the login was answered without a token, so this is not an Infisical server")

// failure says what went wrong in the words of this package: the SDK's carry
// the whole address with its query and a request id that help nobody here.
func (s *Infisical) failure(scope stacks.Scope, err error) error {
	kind, what, next := ErrUnavailable, err.Error(), s.startHint()
	var api *sdk.APIError
	if errors.As(err, &api) {
		what = fmt.Sprintf("HTTP %d %s", api.StatusCode, api.ErrorMessage)
		kind, next = s.classify(api.StatusCode, scope)
	}
	return hint.Wrap(fmt.Errorf("%w: reading environment %s, path %s of %s: %s",
		kind, scope.Environment, scope.Path, s, what), next)
}

func (s *Infisical) classify(status int, scope stacks.Scope) (error, string) {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return ErrDenied, fmt.Sprintf("check the identity's client id and secret, and that it may read environment %s, path %s",
			scope.Environment, scope.Path)
	case status == http.StatusNotFound:
		return ErrNotFound, fmt.Sprintf("check the project id, or create path %s in environment %s", scope.Path, scope.Environment)
	default:
		return ErrUnavailable, s.startHint()
	}
}

func (s *Infisical) startHint() string {
	if s.loopback {
		return "crane local start"
	}
	return "try again, or see https://status.infisical.com"
}
