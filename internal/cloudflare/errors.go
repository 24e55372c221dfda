package cloudflare

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"crane/stacks"
)

// The errors of this package.
var (
	// ErrHost means that the API's host is not a host with an optional port.
	ErrHost = errors.New("invalid Cloudflare API host")
	// ErrNoToken means that there is no API token.
	ErrNoToken error = noToken{}
	// ErrUnauthorized means that the API refused the token for the account.
	ErrUnauthorized = errors.New("not authorized")
	// ErrNotFound means that the account has no such thing.
	ErrNotFound = errors.New("not found")
	// ErrAnswer means that the API's answer cannot be understood.
	ErrAnswer = errors.New("unexpected answer from the Cloudflare API")
)

type noToken struct{}

func (noToken) Error() string { return "no Cloudflare API token, nothing was sent" }

// Hint says where a token is looked for.
func (noToken) Hint() string { return "set CLOUDFLARE_API_TOKEN, or the provider's apiToken" }

// UnauthorizedError is a refusal of the token. It is ErrUnauthorized.
type UnauthorizedError struct {
	// Account is the id of the account that the request was for.
	Account string
	// Status is the HTTP status: 400, 401 or 403.
	Status int
	// Message is the API's own.
	Message string
}

func (e *UnauthorizedError) Error() string {
	return fmt.Sprintf("the API token may not use Cloudflare account %s (HTTP %d: %s)", e.Account, e.Status, e.Message)
}

// Unwrap gives ErrUnauthorized.
func (*UnauthorizedError) Unwrap() error { return ErrUnauthorized }

// Hint names the account that the token should be for.
func (e *UnauthorizedError) Hint() string {
	return fmt.Sprintf("the token and the account do not belong together: use a token of account %s, or correct accountId", e.Account)
}

// SQLError is D1's refusal of a statement. Nothing of the request was committed.
type SQLError struct {
	// Code is the API's code, 7500 for what the engine says.
	Code int64
	// Message is D1's own, such as: near "X": syntax error at offset 7: SQLITE_ERROR.
	Message string
}

func (e *SQLError) Error() string { return e.Message }

// RateLimitError is HTTP 429: the request was not looked at.
// Limits: https://developers.cloudflare.com/fundamentals/api/reference/limits/.
type RateLimitError struct {
	// RetryAfter is how long the API asked to wait, zero when it did not say.
	RetryAfter time.Duration
}

func (*RateLimitError) Error() string { return "the Cloudflare API is limiting the rate of requests" }

// Hint says how long to wait.
func (e *RateLimitError) Hint() string {
	if e.RetryAfter == 0 {
		return "wait five minutes and run the same command again"
	}
	return fmt.Sprintf("wait %s and run the same command again", e.RetryAfter)
}

// NoAnswerError is a request without an answer: it may have arrived or not.
type NoAnswerError struct {
	// Host is where the API was looked for.
	Host string
	// Err is the transport's.
	Err error
}

func (e *NoAnswerError) Error() string {
	cause := e.Err
	if sending, ok := errors.AsType[*url.Error](cause); ok {
		cause = sending.Err
	}
	return fmt.Sprintf("no answer from the Cloudflare API at %s: %v", e.Host, cause)
}

func (e *NoAnswerError) Unwrap() error { return e.Err }

// Hint says how to bring about an answer.
func (e *NoAnswerError) Hint() string {
	switch refused := errors.Is(e.Err, syscall.ECONNREFUSED); {
	case !refused:
		return "run the same command again: what was done is kept"
	case stacks.Loopback(e.Host):
		return "crane local start, then run the same command again"
	default:
		return "check the network, then run the same command again"
	}
}

// APIError is any other answer that is an error.
type APIError struct {
	// Status is the HTTP status.
	Status int
	// Code is the API's code, zero when the body has none.
	Code int64
	// Message is the API's own, or the beginning of the body.
	Message string
}

func (e *APIError) Error() string {
	if e.Code == 0 {
		return fmt.Sprintf("the Cloudflare API answered HTTP %d: %s", e.Status, e.Message)
	}
	return fmt.Sprintf("the Cloudflare API answered HTTP %d: %s (code %d)", e.Status, e.Message, e.Code)
}

// Hint says what to do about a database that is busy and an API that fails.
func (e *APIError) Hint() string {
	switch {
	case e.Code == codeBusy:
		return "wait a moment and run the same command again"
	case e.Status >= http.StatusInternalServerError:
		return "run the same command again: what was done is kept"
	default:
		return ""
	}
}

// Ambiguous reports whether a request that failed may have had its effect all
// the same: its answer was lost, came as 5xx or from a D1 database that was reset, or
// cannot be understood.
func Ambiguous(err error) bool {
	if err == nil || errors.Is(err, ErrUnauthorized) || errors.Is(err, ErrNotFound) {
		return false
	}
	if _, ok := errors.AsType[*SQLError](err); ok {
		return false
	}
	if _, ok := errors.AsType[*RateLimitError](err); ok {
		return false
	}
	api, ok := errors.AsType[*APIError](err)
	return !ok || api.Status >= 500 || api.Code == codeBusy
}
