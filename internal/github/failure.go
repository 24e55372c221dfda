package github

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	api "github.com/google/go-github/v88/github"

	"crane/internal/hint"
)

// call is what a request was about, for its error.
type call struct {
	// what was asked for, and what is as it was.
	what, kept string
	// permission is the one that the job needs.
	permission string
}

// again is the hint where nothing else can be done.
const again = "run the same command again; https://www.githubstatus.com says whether GitHub has a problem"

// failure gives an error of the SDK its kind.
func (c call) failure(err error) error {
	if err == nil {
		return nil
	}
	if limit, ok := errors.AsType[*api.RateLimitError](err); ok {
		return c.fails(ErrRefused, "its requests are used up", "wait until "+limit.Rate.Reset.UTC().Format("15:04")+" UTC and run the same command again")
	}
	if limit, ok := errors.AsType[*api.AbuseRateLimitError](err); ok {
		return c.fails(ErrRefused, "too many requests at once", "wait "+wait(limit)+" and run the same command again")
	}
	if moved, ok := errors.AsType[*api.RedirectionError](err); ok {
		return c.fails(ErrGone, fmt.Sprintf("HTTP %d, it has moved", moved.StatusCode), "set "+RepositoryVariable+" to what the repository is called now")
	}
	if answer, ok := errors.AsType[*api.ErrorResponse](err); ok {
		return c.status(answer.Response.StatusCode, message(answer))
	}
	return c.unread(err)
}

func wait(limit *api.AbuseRateLimitError) string {
	if after := limit.GetRetryAfter().Round(time.Second); after > 0 {
		return after.String()
	}
	return "a minute"
}

// status is the error of an answer by its status.
func (c call) status(status int, message string) error {
	said := fmt.Sprintf("HTTP %d", status)
	if message != "" {
		said += ": " + message
	}
	switch {
	case status == http.StatusUnauthorized:
		return c.fails(ErrRefused, said, "set "+TokenVariable+" to the job's own token, ${{ github.token }}")
	case status == http.StatusForbidden:
		return c.fails(ErrRefused, said, "give the job the permission "+c.permission+", and run it again")
	case status == http.StatusTooManyRequests:
		return c.fails(ErrRefused, said, "wait a minute and run the same command again")
	case status == http.StatusNotFound, status == http.StatusGone:
		return c.fails(ErrGone, said, "check "+RepositoryVariable+", and that the job has the permission "+c.permission)
	case status >= http.StatusInternalServerError:
		return c.fails(ErrUnavailable, said, again)
	}
	return c.fails(ErrAnswer, said, again)
}

// unread is the error of an answer that did not arrive, or was not understood.
func (c call) unread(err error) error {
	if long, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return c.fails(ErrAnswer, fmt.Sprintf("it has more than %d bytes", long.Limit), again)
	}
	_, network := errors.AsType[net.Error](err)
	if network || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, context.Canceled) {
		return hint.Wrap(fmt.Errorf("%w: %s: %w; %s", ErrUnavailable, c.what, cause(err), c.kept), again)
	}
	return c.fails(ErrAnswer, err.Error(), again)
}

// cause is a transport's error without the address, which may hold a signature.
func cause(err error) error {
	if sending, ok := errors.AsType[*url.Error](err); ok {
		return sending.Err
	}
	return err
}

func (c call) fails(kind error, said, next string) error {
	return hint.Wrap(fmt.Errorf("%w: %s: %s; %s", kind, c.what, said, c.kept), next)
}

// maxMessage bounds what is told of somebody else's words, in bytes.
const maxMessage = 300

// message is GitHub's own, in one line.
func message(answer *api.ErrorResponse) string {
	text := answer.Message
	for _, each := range answer.Errors {
		text += ": " + each.Message
	}
	text = strings.Join(strings.Fields(text), " ")
	return text[:min(len(text), maxMessage)]
}
