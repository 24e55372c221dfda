package stacks

// Production is reached through the gated workflow only. Its state, its
// account and its secrets are its own.
var Production = Stack{
	Name:           "production",
	Env:            "prod",
	DatabaseSuffix: "-db-prod",
	Backend:        ".crane/state/production",
	Secrets:        Scope{Environment: "prod", Path: "/" + Venture},
}
