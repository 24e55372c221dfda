package smoke_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/smoke"
)

const healthy = `{"status":"healthy","stack":"staging","revision":"r2","migrations":{"DB":"0002_b.sql"},"checks":{"DB":"ok"}}`

// clock is a clock that only sleeping moves.
type clock struct {
	now    time.Time
	pauses []time.Duration
}

func (c *clock) config(deadline time.Duration) smoke.Config {
	c.now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	return smoke.Config{
		Deadline: deadline,
		Now:      func() time.Time { return c.now },
		Sleep: func(_ context.Context, d time.Duration) error {
			c.now, c.pauses = c.now.Add(d), append(c.pauses, d)
			return nil
		},
	}
}

// worker answers each request by its number, from one.
func worker(t *testing.T, answer func(w http.ResponseWriter, n int64)) (string, *atomic.Int64) {
	t.Helper()
	var count atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/health" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		answer(w, count.Add(1))
	}))
	t.Cleanup(server.Close)
	return server.URL, &count
}

func want(url string) smoke.Expect {
	return smoke.Expect{URL: url, Revision: "r2", Migrations: map[string]string{"DB": "0002_b.sql"}}
}

func TestProbeWaitsForTheRevision(t *testing.T) {
	t.Parallel()
	url, count := worker(t, func(w http.ResponseWriter, n int64) {
		if n < 8 {
			_, _ = fmt.Fprint(w, strings.Replace(healthy, "r2", "r1", 1))
			return
		}
		_, _ = fmt.Fprint(w, healthy)
	})
	c := &clock{}
	result, err := smoke.Probe(t.Context(), c.config(time.Minute), want(url+"/"))
	require.NoError(t, err)
	require.EqualValues(t, 8, count.Load())
	require.Equal(t, 8, result.Attempts)
	require.Equal(t, c.now, result.At)
	ms := time.Millisecond
	require.Equal(t, []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1600 * ms, 2000 * ms, 2000 * ms}, c.pauses)
}

func TestProbeSaysWhatDiffered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status     int
		body       string
		difference string
	}{
		"revision":   {200, strings.Replace(healthy, "r2", "r1", 1), `revision "r1", want "r2"`},
		"migrations": {200, strings.Replace(healthy, "0002_b", "0001_a", 1), `migrations of DB at "0001_a.sql", want "0002_b.sql"`},
		"unhealthy": {503, `{"status":"unhealthy","revision":"r2","migrations":{"DB":"0002_b.sql"},"checks":{"DB":"ok","API":"timed out"}}`,
			`HTTP 503, status "unhealthy"; check API: timed out`},
		"healthy but 500": {500, healthy, `HTTP 500, status "healthy"`},
		"no json":         {200, "hello\x1b[31m\n  world", "HTTP 200 without the JSON of a health check; it last answered HTTP 200: hello[31m world"},
		"redirect":        {302, "", "HTTP 302 without the JSON"},
		"everything":      {200, `{}`, `HTTP 200, status ""; revision "", want "r2"; migrations of DB at "", want "0002_b.sql"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, _ := worker(t, func(w http.ResponseWriter, _ int64) {
				w.Header().Set("Location", "http://127.0.0.1:1/")
				w.WriteHeader(c.status)
				_, _ = fmt.Fprint(w, c.body)
			})
			_, err := smoke.Probe(t.Context(), (&clock{}).config(time.Second), want(url))
			require.ErrorIs(t, err, smoke.ErrUnhealthy)
			require.ErrorContains(t, err, url+" was not healthy with this deployment for 1s (asked 5 times): "+c.difference)
			require.ErrorContains(t, err, fmt.Sprintf("it last answered HTTP %d: ", c.status))
			require.Contains(t, hint.Of(err), url+"/health")
		})
	}
}

func TestProbeShortensTheBody(t *testing.T) {
	t.Parallel()
	url, _ := worker(t, func(w http.ResponseWriter, _ int64) { _, _ = fmt.Fprint(w, strings.Repeat("é\n", 1<<20)) })
	_, err := smoke.Probe(t.Context(), (&clock{}).config(time.Second), want(url))
	require.ErrorIs(t, err, smoke.ErrUnhealthy)
	require.Less(t, len(err.Error()), 600)
	require.NotContains(t, err.Error(), "\n")
}

func TestProbeOfNothing(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(nil)
	server.Close()
	c := &clock{}
	_, err := smoke.Probe(t.Context(), c.config(3*time.Second), want(server.URL))
	require.ErrorContains(t, err, "connection refused")
	require.NotContains(t, err.Error(), "last answered")
	require.Equal(t, 3*time.Second, c.now.Sub(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)))
}

func TestProbeEndsAtOnceWhenCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	url, count := worker(t, func(w http.ResponseWriter, _ int64) {
		w.WriteHeader(http.StatusServiceUnavailable)
		time.AfterFunc(20*time.Millisecond, cancel)
	})
	began := time.Now()
	_, err := smoke.Probe(ctx, smoke.Config{}, want(url))
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "the smoke test of "+url+" was stopped")
	require.Less(t, time.Since(began), 5*time.Second)
	require.LessOrEqual(t, count.Load(), int64(2))
}

func TestLocalhostNeedsNoDNS(t *testing.T) {
	t.Parallel()
	var host atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host.Store(r.Host)
		_, _ = fmt.Fprint(w, healthy)
	}))
	t.Cleanup(server.Close)
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	_, err := smoke.Probe(t.Context(), (&clock{}).config(time.Second), want("http://watch-staging.localhost"+port))
	require.NoError(t, err)
	require.Equal(t, "watch-staging.localhost"+port, host.Load())
}
