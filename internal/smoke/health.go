package smoke

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Health is what a Worker's /health says.
type Health struct {
	// Status is healthy or unhealthy.
	Status string `json:"status"`
	// Revision is the digest of what runs, 64 hexadecimal digits.
	Revision string `json:"revision"`
	// Migrations maps a D1 binding to the newest migration of its database.
	Migrations map[string]string `json:"migrations"`
	// Checks maps what the Worker depends on to ok, or to what is wrong.
	Checks map[string]string `json:"checks"`
}

// difference says how an answer is not what was expected, empty when it is.
func (want Expect) difference(seen answer) string {
	if seen.err != nil {
		return seen.err.Error()
	}
	var got Health
	if err := json.Unmarshal(seen.body, &got); err != nil {
		return fmt.Sprintf("HTTP %d without the JSON of a health check", seen.status)
	}
	var found []string
	if seen.status != http.StatusOK || got.Status != "healthy" {
		found = append(found, fmt.Sprintf("HTTP %d, status %q", seen.status, got.Status))
	}
	for _, name := range slices.Sorted(maps.Keys(got.Checks)) {
		if got.Checks[name] != "ok" {
			found = append(found, fmt.Sprintf("check %s: %s", name, got.Checks[name]))
		}
	}
	if got.Revision != want.Revision {
		found = append(found, fmt.Sprintf("revision %q, want %q", got.Revision, want.Revision))
	}
	for _, binding := range slices.Sorted(maps.Keys(want.Migrations)) {
		if head := want.Migrations[binding]; got.Migrations[binding] != head {
			found = append(found, fmt.Sprintf("migrations of %s at %q, want %q", binding, got.Migrations[binding], head))
		}
	}
	return strings.Join(found, "; ")
}
