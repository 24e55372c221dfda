package issuer

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// jwtHeader reads the header of a token.
func jwtHeader(raw string) (header map[string]any, err error) {
	first, _, _ := strings.Cut(raw, ".")
	text, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		return nil, err
	}
	return header, json.Unmarshal(text, &header)
}

// documented are the claims that GitHub's reference lists for every job; sha is
// missing from it and in every token.
var documented = []string{
	"actor", "actor_id", "base_ref", "check_run_id", "environment", "event_name", "head_ref", "job_workflow_ref",
	"job_workflow_sha", "ref", "ref_protected", "ref_type", "repository", "repository_id", "repository_owner",
	"repository_owner_id", "repository_visibility", "run_attempt", "run_id", "run_number", "runner_environment",
	"sha", "sub", "workflow", "workflow_ref", "workflow_sha",
}

func TestClaimsOfTheTwoJobs(t *testing.T) {
	t.Parallel()
	for _, claims := range []Claims{Promotion(sha), Deployment(sha)} {
		require.Equal(t, documented, slices.Sorted(maps.Keys(claims)))
		for name, value := range claims {
			require.IsType(t, "", value, name)
			if name != "head_ref" && name != "base_ref" {
				require.NotEmpty(t, value, name)
			}
		}
	}
	differ := map[string]any{}
	promotion := Promotion(sha)
	for name, value := range Deployment(sha) {
		if value != promotion[name] {
			differ[name] = value
		}
	}
	const file = "local/crane/.github/workflows/deploy.yml@refs/heads/main"
	require.Equal(t, map[string]any{
		"sub":         "repo:local@1000001/crane@1000000001:environment:staging",
		"environment": "staging", "event_name": "push", "workflow": "deploy", "workflow_ref": file, "job_workflow_ref": file,
	}, differ)
}

// TestClaimsAreTheCallersOwn may be changed without changing the next ones.
func TestClaimsAreTheCallersOwn(t *testing.T) {
	t.Parallel()
	claims := Promotion(sha)
	clear(claims)
	require.Equal(t, "local/crane", Promotion(sha)["repository"])
}

func TestDiscoveryNamesEveryClaim(t *testing.T) {
	t.Parallel()
	names := discovery("http://x")["claims_supported"].([]string)
	require.True(t, slices.IsSorted(names))
	require.Len(t, slices.Compact(names), len(documented)+len(own))
}
