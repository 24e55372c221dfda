package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
)

// analytics answers `wrangler d1 info`: nothing is measured here, so there are
// no groups. GraphQL has no envelope.
func (s *server) analytics(r request) (any, error) {
	var body struct {
		Query string `json:"query"`
	}
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	if !strings.Contains(body.Query, "d1AnalyticsAdaptiveGroups") {
		return nil, noRoute("/graphql")
	}
	accounts := []any{map[string]any{"d1AnalyticsAdaptiveGroups": []any{}}}
	var out bytes.Buffer
	err := json.NewEncoder(&out).Encode(map[string]any{
		"data": map[string]any{"viewer": map[string]any{"accounts": accounts}}, "errors": nil,
	})
	return content{http.Header{"Content-Type": {"application/json"}}, &out}, err
}
