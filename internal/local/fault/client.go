package fault

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"crane/internal/hint"
)

// Client speaks to the control endpoint of a running local Cloudflare.
type Client struct {
	// HTTP sends the requests; it has to trust the local authority.
	HTTP *http.Client
	// Host is where the API listens.
	Host string
	// Token is a local account's.
	Token string
}

// Add switches a fault on.
func (c Client) Add(ctx context.Context, f Fault) error {
	return c.do(ctx, http.MethodPost, f, nil)
}

// List returns the faults that are on.
func (c Client) List(ctx context.Context) (all []Fault, err error) {
	return all, c.do(ctx, http.MethodGet, nil, &all)
}

// Clear switches all faults off.
func (c Client) Clear(ctx context.Context) error { return c.do(ctx, http.MethodDelete, nil, nil) }

// do makes a request. What the endpoint refuses is in its own words.
func (c Client) do(ctx context.Context, method string, body, result any) error {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, "https://"+c.Host+Path, &sent)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+c.Token)
	response, err := c.HTTP.Do(request)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrControl, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrControl, err)
	}
	if response.StatusCode >= 300 {
		return refused(response.Status, text)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(text, result)
}

func refused(status string, text []byte) error {
	var said refusal
	if json.Unmarshal(text, &said) != nil || said.Error == "" {
		return hint.Wrap(fmt.Errorf("%w: it answered %s", ErrControl, status), "crane local stop, then crane local start")
	}
	return hint.Wrap(&refusedError{said.Error}, said.Hint)
}

// refusedError carries the endpoint's own words.
type refusedError struct{ said string }

func (e *refusedError) Error() string { return e.said }

// Unwrap gives ErrControl.
func (*refusedError) Unwrap() error { return ErrControl }
