package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// retries is how often a request is sent again after a 429 or a 5xx, and
// firstWait the pause before the first time; each further pause is twice as
// long. As the Terraform provider v4 does.
const (
	retries   = 4
	firstWait = time.Second
)

// client speaks to one API with one token.
type client struct {
	http  *http.Client
	sleep func(context.Context, time.Duration) error
	// pace keeps the configured rate without bursts, as in the Terraform
	// provider v4.
	pace  *rate.Limiter
	base  string
	token string
}

// answer is a response that has been read whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// apiError is a refusal by the API.
type apiError struct {
	Method, Path string
	Status       int
	Messages     []string
}

func (e *apiError) Error() string {
	text := fmt.Sprintf("%s %s answered %d", e.Method, e.Path, e.Status)
	if len(e.Messages) > 0 {
		text += ": " + strings.Join(e.Messages, "; ")
	}
	return text
}

// call makes one request with a JSON body, or none, and reads the envelope's
// result into result unless that is nil.
func (c *client) call(ctx context.Context, method, path string, body, result any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	got, err := c.send(ctx, method, path, "application/json", text)
	if err != nil {
		return err
	}
	return got.decode(method, path, result)
}

// send makes a request until it is answered by anything but a 429 or a 5xx.
func (c *client) send(ctx context.Context, method, path, contentType string, body []byte) (*answer, error) {
	for attempt := 0; ; attempt++ {
		got, err := c.once(ctx, method, path, contentType, body)
		if err != nil {
			return nil, err
		}
		if got.status != http.StatusTooManyRequests && got.status < 500 || attempt == retries {
			return got, got.refusal(method, path)
		}
		if err := c.sleep(ctx, firstWait<<attempt); err != nil {
			return nil, err
		}
	}
}

func (c *client) once(ctx context.Context, method, path, contentType string, body []byte) (*answer, error) {
	if err := c.pace.Wait(ctx); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("User-Agent", "pulumi-resource-cloudflare/"+Version+" (crane stand-in)")
	res, err := c.http.Do(req)
	if err != nil {
		return nil, hinted(fmt.Errorf("%w: %w", ErrUnreachable, err), "crane local start")
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: reading the answer to %s %s: %w", ErrUnreachable, method, path, err)
	}
	return &answer{status: res.StatusCode, header: res.Header, body: text}, nil
}

// refusal is the API's own words when the status is none of success.
func (a *answer) refusal(method, path string) error {
	if a.status < 300 {
		return nil
	}
	refused := &apiError{Method: method, Path: path, Status: a.status}
	var envelope struct {
		Errors []struct {
			Code    int
			Message string
		}
	}
	if json.Unmarshal(a.body, &envelope) == nil {
		for _, e := range envelope.Errors {
			refused.Messages = append(refused.Messages, fmt.Sprintf("%d: %s", e.Code, e.Message))
		}
	}
	return refused
}

func (a *answer) decode(method, path string, result any) error {
	envelope := struct{ Result any }{result}
	if err := json.Unmarshal(a.body, &envelope); err != nil {
		return fmt.Errorf("%s %s was answered %d with something else than the API's JSON: %w", method, path, a.status, err)
	}
	return nil
}
