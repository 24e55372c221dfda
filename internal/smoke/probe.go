// Package smoke asks a Worker's /health until it is healthy with the revision
// and the migrations that were just deployed.
package smoke

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// The probe's limits.
const (
	// DefaultDeadline is how long a Worker gets to become healthy.
	DefaultDeadline = 60 * time.Second

	firstDelay = 100 * time.Millisecond
	lastDelay  = 2 * time.Second
	oneRequest = 10 * time.Second
	lastChance = time.Second
	bodyLimit  = 64 << 10
)

// Expect is what /health must say.
type Expect struct {
	// URL is the Worker's, without /health.
	URL string
	// Revision is the digest of what was deployed.
	Revision string
	// Migrations maps a D1 binding to the newest migration of its database.
	Migrations map[string]string
}

// Config is how to ask. The zero value asks for a minute.
type Config struct {
	// Deadline is how long to ask; zero means DefaultDeadline.
	Deadline time.Duration
	// HTTPClient sends the requests; nil means NewClient.
	HTTPClient *http.Client
	// Now tells the time; nil means the clock.
	Now func() time.Time
	// Sleep waits, or returns early with an error when ctx ends; nil means a timer.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Result is a success.
type Result struct {
	// At is when the Worker was healthy.
	At time.Time
	// Attempts is how many requests it took.
	Attempts int
}

// Probe sends GET <url>/health, after pauses of 100 ms doubling to 2 s, until
// the answer is HTTP 200, healthy and as expected. An UnhealthyError says what
// it last saw when the deadline has passed; when ctx ends, so does the probe.
func Probe(ctx context.Context, c Config, want Expect) (Result, error) {
	c = c.filled()
	began := c.Now()
	for attempt, delay := 1, firstDelay; ; attempt++ {
		left := c.Deadline - c.Now().Sub(began)
		seen := c.ask(ctx, want.URL, min(oneRequest, max(left, lastChance)))
		difference := want.difference(seen)
		if difference == "" {
			return Result{At: c.Now(), Attempts: attempt}, nil
		}
		left = c.Deadline - c.Now().Sub(began)
		if left <= 0 {
			return Result{}, &UnhealthyError{
				URL: want.URL, After: c.Deadline, Attempts: attempt,
				Difference: difference, Status: seen.status, Body: shortened(seen.body),
			}
		}
		if err := c.Sleep(ctx, min(delay, left)); err != nil {
			return Result{}, fmt.Errorf("the smoke test of %s was stopped: %w", want.URL, err)
		}
		delay = min(2*delay, lastDelay)
	}
}

// answer is one answer of /health, or why there was none.
type answer struct {
	status int
	body   []byte
	err    error
}

func (c Config) ask(ctx context.Context, url string, limit time.Duration) answer {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(url, "/")+"/health", nil)
	if err != nil {
		return answer{err: err}
	}
	response, err := c.HTTPClient.Do(request)
	if err != nil {
		return answer{err: err}
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, bodyLimit))
	return answer{status: response.StatusCode, body: body, err: err}
}

func (c Config) filled() Config {
	c.Deadline = cmp.Or(c.Deadline, DefaultDeadline)
	c.HTTPClient = cmp.Or(c.HTTPClient, NewClient())
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	return c
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
