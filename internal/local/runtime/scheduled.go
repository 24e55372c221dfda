package runtime

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Scheduled fires a script's cron trigger as if at a time, and waits for it.
// The outcome is workerd's: "ok", or "exception" when the handler throws or
// there is none. A script that is not deployed is ErrNoScript.
func (rt *Runtime) Scheduled(ctx context.Context, account, name, cron string, at time.Time) (outcome string, err error) {
	i := rt.acquire(slot{account, name})
	if i == nil {
		return "", fmt.Errorf("%w: %s", ErrNoScript, name)
	}
	defer i.release()
	p, err := i.running(ctx)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.addr, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set(headerKey, p.key)
	req.Header.Set(headerCron, cron)
	req.Header.Set(headerTime, strconv.FormatInt(at.UnixMilli(), 10))
	return rt.outcome(req)
}

func (rt *Runtime) outcome(req *http.Request) (string, error) {
	resp, err := rt.crons.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var event struct{ Outcome string }
	if err := json.NewDecoder(resp.Body).Decode(&event); err != nil {
		return "", fmt.Errorf("cron answered %s: %w", resp.Status, err)
	}
	return event.Outcome, nil
}

// firePath is where a request to a script's host fires its cron trigger, as in
// `wrangler dev`. On Cloudflare no path under /cdn-cgi reaches a Worker.
const firePath = "/cdn-cgi/handler/scheduled"

// fire answers a cron trigger's outcome. The query has the cron and may have a
// time, in milliseconds since 1970.
func (rt *Runtime) fire(w http.ResponseWriter, r *http.Request, at slot) {
	query, when := r.URL.Query(), time.Now()
	if ms, err := strconv.ParseInt(query.Get("time"), 10, 64); err == nil {
		when = time.UnixMilli(ms)
	}
	outcome, err := rt.Scheduled(r.Context(), at.account, at.name, query.Get("cron"), when)
	switch {
	case err != nil:
		refuse(w, http.StatusBadGateway, "Worker %s: %v", at.name, err)
	case outcome != "ok":
		refuse(w, http.StatusInternalServerError, "%s", outcome)
	default:
		refuse(w, http.StatusOK, "%s", outcome)
	}
}
