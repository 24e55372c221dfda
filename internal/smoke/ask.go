package smoke

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Ask asks a Worker for its health once, for at most limit. A Worker that says
// it is unhealthy has answered; one that says anything else is an error.
func Ask(ctx context.Context, url string, limit time.Duration) (Health, error) {
	seen := Config{HTTPClient: NewClient()}.ask(ctx, url, limit)
	if seen.err != nil {
		return Health{}, seen.err
	}
	var h Health
	if err := json.Unmarshal(seen.body, &h); err != nil || h.Status == "" {
		return Health{}, fmt.Errorf("HTTP %d without the JSON of a health check", seen.status)
	}
	return h, nil
}
