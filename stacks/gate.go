package stacks

import "time"

// LocalIssuer stands for the issuer of the local Cloudflare, wherever that
// listens. It is refused when the API is not on this machine.
const LocalIssuer = "local"

// Gate is who may change production: the claims that a token of GitHub's must
// have, and how old a receipt of staging may be. Every field is required; what
// the claims mean is at
// https://docs.github.com/en/actions/reference/security/oidc.
type Gate struct {
	// Issuer is https://token.actions.githubusercontent.com, or LocalIssuer.
	Issuer string
	// Repository is owner/name. The ids, which are numbers, stay when a name is
	// given to somebody else.
	Repository, RepositoryID, OwnerID string
	// Branch is the only one that is deployed from.
	Branch string
	// Promote is the file of the workflow that promotes, Deploy the file of the
	// one that deploys to staging and writes the receipt.
	Promote, Deploy Workflow
	// Runner is the kind of machine: github-hosted.
	Runner string
	// ReceiptLife is how old a receipt may be when it is promoted.
	ReceiptLife time.Duration
}

// Workflow is one of the two workflows that the gate knows.
type Workflow struct {
	// File is its name in .github/workflows.
	File string
	// Event is what starts it.
	Event string
	// Environment is the GitHub environment of its job.
	Environment string
}

// Retire names what production may delete. To retire something takes two
// promotions: one that names it here, and one that takes it out of the fleet.
type Retire struct {
	// Workers and Databases are named as in the fleet.
	Workers, Databases []string
}
