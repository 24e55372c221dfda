package stacks

import "time"

// Production is reached through the gated workflow only. Its state, its
// account and its secrets are its own.
var Production = Stack{
	Name:           "production",
	Env:            "prod",
	AccountID:      "0c4a5e000000000000000000000000b2",
	DatabaseSuffix: "-db-prod",
	Backend:        ".crane/state/production",
	Secrets:        Scope{Environment: "prod", Path: "/" + Venture},
	Deploy:         Scope{Environment: "prod", Path: "/" + Venture + "/deploy"},
}

// ProductionGate is who may change production.
var ProductionGate = Gate{
	Issuer:       LocalIssuer,
	Repository:   "local/crane",
	RepositoryID: "1000000001",
	OwnerID:      "1000001",
	Branch:       "main",
	Promote:      Workflow{File: "promote.yml", Event: "workflow_dispatch", Environment: "production"},
	Deploy:       Workflow{File: "deploy.yml", Event: "push", Environment: "staging"},
	Runner:       "github-hosted",
	ReceiptLife:  14 * 24 * time.Hour,
}

// ProductionRetire is what production may delete.
var ProductionRetire = Retire{}

// ProductionProtection is what crane doctor holds the real settings against.
var ProductionProtection = Protection{
	Approval: ByReviewers,
	Check:    "verify",
	Owned: []string{
		"/.github/", "/Makefile", "/Pulumi.production.yaml", "/Pulumi.yaml", "/cmd/crane/", "/cmd/pulumi-resource-cloudflare/",
		"/go.mod", "/go.sum", "/infra/", "/internal/", "/provider/", "/stacks/", "/tools/",
	},
	StagingIdentity: "local-staging",
	StagingRole:     "crane-staging",
	ProductionRole:  "crane-production",
	Uses:            10,
	SecretLife:      90 * 24 * time.Hour,
}
