package cloudflare

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Codes of the API, see https://developers.cloudflare.com/fundamentals/api/troubleshooting/.
const (
	codeAuthentication = 10000
	codeSQL            = 7500
	// codeBusy is D1's for a database that is overloaded or was reset, with HTTP 429.
	codeBusy = 7429
)

// bodyLimit bounds how much of an error's body is kept, in bytes.
const bodyLimit = 300

// call is what a request was about, for its error.
type call struct {
	host    string
	account string
	what    string
	sql     bool
}

// failure gives an error of the SDK its type. It goes by the response itself:
// the SDK's error has no status when the body is not JSON, and spells out the
// whole request otherwise.
func failure(err error, response *http.Response, c call) error {
	if err == nil {
		return nil
	}
	if response == nil {
		return &NoAnswerError{Host: c.host, Err: err}
	}
	if response.StatusCode < 300 {
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	code, message := reason(response)
	switch status := response.StatusCode; {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, code == codeAuthentication:
		return &UnauthorizedError{Account: c.account, Status: status, Message: message}
	case status == http.StatusNotFound:
		return fmt.Errorf("%s of account %s: %w (%s)", c.what, c.account, ErrNotFound, message)
	case status == http.StatusTooManyRequests && code != codeBusy:
		return &RateLimitError{RetryAfter: retryAfter(response)}
	case c.sql && status < 500 && code == codeSQL:
		return &SQLError{Code: code, Message: message}
	default:
		return &APIError{Status: status, Code: code, Message: message}
	}
}

// reason reads the first error of an envelope, or else the beginning of the body.
func reason(response *http.Response) (code int64, message string) {
	body, _ := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	var envelope struct {
		Errors []struct {
			Code    int64
			Message string
		}
	}
	if json.Unmarshal(body, &envelope) == nil && len(envelope.Errors) > 0 {
		return envelope.Errors[0].Code, envelope.Errors[0].Message
	}
	line := strings.Join(strings.Fields(string(body)), " ")
	if len(line) > bodyLimit {
		line = strings.ToValidUTF8(line[:bodyLimit], "") + "…"
	}
	return 0, cmp.Or(line, http.StatusText(response.StatusCode))
}

// retryAfter is zero when the header is missing or a date.
func retryAfter(response *http.Response) time.Duration {
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return time.Duration(max(seconds, 0)) * time.Second
}
