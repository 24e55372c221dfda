package workflow

import "crane/stacks"

// policy is what one workflow may be.
type policy struct {
	// on are its triggers.
	on    []string
	queue queue
	jobs  map[string]duty
}

// duty is what one job may be.
type duty struct {
	// grants are the rights that it may have.
	grants      map[string]string
	environment string
	// secrets are those of the environment that it may have.
	secrets []string
	queue   queue
	// calls is the workflow that the job is, needs the job that it waits for.
	calls, needs string
	// when is its condition; without one it runs while all is well.
	when string
	// steps are all that it does.
	steps []step
}

// queue is a concurrency group; the zero queue is none.
type queue struct{ group, cancel string }

// The secrets of GitHub's environment staging. Production has none: what opens it
// comes from Infisical.
var (
	deploying  = []string{"CLOUDFLARE_API_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "CRANE_INFISICAL_CLIENT_SECRET"}
	receipting = []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "CRANE_INFISICAL_CLIENT_SECRET"}
	inspecting = append([]string{"CRANE_DOCTOR_TOKEN"}, deploying...)
)

const (
	verifying   = "verify.yml"
	callsVerify = "./.github/workflows/" + verifying
	number      = "github.event.pull_request.number"
	base        = "github.event.pull_request.base.sha"
	// A comment is for what was refused too, not for what was overtaken, and not for
	// a fork, whose token cannot write.
	whenFinished = "!cancelled() && (needs.preview.result == 'success' || needs.preview.result == 'failure')"
	sameProject  = "github.event.pull_request.head.repo.full_name == github.repository"
)

// asked are the inputs of a promotion; a person gives them.
const asked = " inputs.commit.default= inputs.commit.type=string" +
	" inputs.first.default=false inputs.first.type=boolean" +
	" inputs.rollback.default=false inputs.rollback.type=boolean"

// policies are what the workflows may be, by their files. Whatever the gate pins
// is taken from it: a token that the gate accepts is one of a job below.
func policies(g stacks.Gate) map[string]policy {
	read := map[string]string{"contents": "read"}
	look := map[string]string{"contents": "read", "actions": "read"}
	return map[string]policy{
		verifying: {on: []string{"pull_request", "workflow_call"}, jobs: map[string]duty{
			"verify": {grants: read, queue: queue{"verify-${{ " + number + " || github.run_id }}", "true"}, steps: verifySteps},
		}},
		"preview.yml": {on: []string{"pull_request branches=" + g.Branch}, queue: queue{"preview-${{ " + number + " }}", "true"}, jobs: map[string]duty{
			"preview": {grants: look, steps: previewSteps},
			"comment": {
				grants: map[string]string{"contents": "read", "pull-requests": "write"},
				needs:  "preview", when: whenFinished + " && " + sameProject, steps: commentSteps,
			},
		}},
		g.Deploy.File: {on: []string{g.Deploy.Event + " branches=" + g.Branch}, queue: queue{g.Deploy.Environment, "false"}, jobs: map[string]duty{
			"verify": {grants: read, calls: callsVerify},
			"deploy": {
				grants:      map[string]string{"contents": "read", "id-token": "write"},
				environment: g.Deploy.Environment, secrets: deploying, needs: "verify", steps: deploySteps,
			},
		}},
		g.Promote.File: {on: []string{g.Promote.Event + asked}, queue: queue{g.Promote.Environment, "false"}, jobs: map[string]duty{
			"promote": {
				grants:      map[string]string{"contents": "read", "actions": "read", "id-token": "write"},
				environment: g.Promote.Environment, steps: promoteSteps,
			},
		}},
		"drift.yml": {on: []string{"schedule", "workflow_dispatch"}, queue: queue{"drift", "false"}, jobs: map[string]duty{
			"drift": {
				grants:      map[string]string{"contents": "read", "actions": "read", "issues": "write"},
				environment: g.Deploy.Environment, secrets: inspecting, steps: driftSteps,
			},
		}},
	}
}
