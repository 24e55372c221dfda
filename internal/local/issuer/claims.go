package issuer

import "maps"

// Claims are what a token says of a job.
type Claims map[string]any

// Promotion are the claims of the job that promotes a commit: promote.yml,
// started by hand on main, in the environment production.
func Promotion(sha string) Claims {
	return of("promote", "workflow_dispatch", "production", sha)
}

// Deployment are the claims of the job that deploys a commit which was pushed to
// main: deploy.yml, in the environment staging.
func Deployment(sha string) Claims {
	return of("deploy", "push", "staging", sha)
}

// of are the claims of a job of one workflow. All of GitHub's own are text, the
// numbers too, and a job outside a pull request has an empty head and base.
func of(workflow, event, environment, sha string) Claims {
	ref := repository["repository"].(string) + "/.github/workflows/" + workflow + ".yml@refs/heads/main"
	claims := maps.Clone(repository)
	maps.Copy(claims, Claims{
		"sub":              subject + ":environment:" + environment,
		"environment":      environment,
		"event_name":       event,
		"ref":              "refs/heads/main",
		"ref_type":         "branch",
		"ref_protected":    "true",
		"head_ref":         "",
		"base_ref":         "",
		"sha":              sha,
		"workflow":         workflow,
		"workflow_ref":     ref,
		"workflow_sha":     sha,
		"job_workflow_ref": ref,
		"job_workflow_sha": sha,
		"run_id":           "9000000001",
		"run_number":       "1",
		"run_attempt":      "1",
		"check_run_id":     "9000000002",
	})
	return claims
}

// repository is what all its jobs say.
var repository = Claims{
	"repository":            "local/crane",
	"repository_id":         "1000000001",
	"repository_owner":      "local",
	"repository_owner_id":   "1000001",
	"repository_visibility": "private",
	"actor":                 "operator",
	"actor_id":              "1000002",
	"runner_environment":    "github-hosted",
}

// subject begins as it does for a repository made after 2026-07-15, with the
// ids. With an environment it says nothing of the branch.
const subject = "repo:local@1000001/crane@1000000001"
