package stacks

import "time"

// Protection is what production relies on and no program of ours can enforce:
// settings of GitHub's, Infisical's and Cloudflare's. `crane doctor` reads them
// and says which are weaker. What Gate says already, the environments, the
// branch, the workflow and the ids, is not said again here.
type Protection struct {
	// Approval is where the second pair of eyes on a promotion comes from.
	Approval Approval
	// Reviewers may approve a promotion where Approval is by reviewers: the login of
	// a person, or the slug of a team. None means at least one, whoever that is.
	Reviewers []string
	// Check is the status check without which nothing is merged into the branch.
	Check string
	// Owned are the files that decide who may change production, of which CODEOWNERS
	// has to name an owner: the gate's, and whatever else is built into the programs
	// that a promotion runs with production's credentials. They are from the
	// repository's root, a folder ends with a slash.
	Owned []string
	// StagingIdentity is the id of staging's identity in Infisical. A stack file has
	// its client id, by which its settings cannot be found. That of production's
	// is in Pulumi.production.yaml.
	StagingIdentity string
	// StagingRole and ProductionRole are the only roles that the two identities have
	// in Infisical's project. Infisical's own ones see every environment.
	StagingRole, ProductionRole string
	// Uses is how many requests one token of production's identity may make.
	Uses int
	// SecretLife is how long a client secret of staging's identity may live.
	SecretLife time.Duration
	// OneAccount says that both stacks are on one Cloudflare account on purpose. It
	// is a weaker setting: a token that writes to staging's D1 then writes to
	// production's too.
	OneAccount bool
}

// Approval is where the approval of a promotion comes from.
type Approval string

const (
	// ByReviewers is by required reviewers of the production environment, which
	// takes a public repository or GitHub Enterprise:
	// https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments.
	ByReviewers Approval = "reviewers"
	// ByCodeOwners is by the code owners who review what is merged: what stands in
	// for reviewers on a private repository of another plan.
	ByCodeOwners Approval = "code owners"
)
