package secrets

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"syscall"

	sdkerrors "github.com/infisical/go-sdk/packages/errors"

	"crane/internal/hint"
	"crane/internal/idtoken"
	"crane/stacks"
)

var errNoToken = errors.New("the login was answered without a token, so this is not an Infisical server")

// loginFailure is about the identity, whatever was not found.
func (s *infisical) loginFailure(scope stacks.Scope, err error) error {
	var api *sdkerrors.APIError
	switch {
	case errors.Is(err, idtoken.ErrRefused):
		return fmt.Errorf("logging in as %s: %w", s.login, err)
	case errors.As(err, &api) && api.StatusCode < 500 && api.StatusCode != http.StatusTooManyRequests:
		return s.failed(scope, api, ErrDenied, s.deniedHint(scope))
	}
	return s.failure(scope, err)
}

// failure says what went wrong in the words of this package: the SDK's carry
// the whole address with its query and a request id that help nobody here.
func (s *infisical) failure(scope stacks.Scope, err error) error {
	var api *sdkerrors.APIError
	if errors.As(err, &api) {
		kind, next := s.classify(api.StatusCode, scope)
		return s.failed(scope, api, kind, next)
	}
	return hint.Wrap(fmt.Errorf("%w: reading %s: %w", ErrUnavailable, s.Place(scope), err), s.aliveHint(err))
}

func (s *infisical) failed(scope stacks.Scope, api *sdkerrors.APIError, kind error, next string) error {
	return hint.Wrap(fmt.Errorf("%w: reading %s: HTTP %d %s", kind, s.Place(scope), api.StatusCode, api.ErrorMessage), next)
}

func (s *infisical) classify(status int, scope stacks.Scope) (error, string) {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return ErrDenied, s.deniedHint(scope)
	case http.StatusNotFound:
		return ErrNotFound, fmt.Sprintf("check the project id, or create path %s in environment %s", scope.Path, scope.Environment)
	case http.StatusTooManyRequests:
		return ErrLimited, "wait a minute and try again"
	default:
		return ErrUnavailable, s.aliveHint(nil)
	}
}

func (s *infisical) deniedHint(scope stacks.Scope) string {
	return fmt.Sprintf("check %s and what it logs in with, and that it may read environment %s, path %s",
		s.login, scope.Environment, scope.Path)
}

// aliveHint is for a server that is not there, or does not do what it should.
func (s *infisical) aliveHint(err error) string {
	switch {
	case !s.loopback:
		return "try again, or see https://status.infisical.com"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "crane local start"
	default:
		return "try again; crane local stop and crane local start, if it stays so"
	}
}

// cause is a failed request's error without its method and address, which has a
// query that helps nobody.
func cause(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}
