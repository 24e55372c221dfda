package stacks

// Staging is the default: what a bare command reaches.
var Staging = Stack{
	Name:           "staging",
	Env:            "dev",
	AccountID:      "0c4a5e00000000000000000000000051",
	ScriptSuffix:   "-staging",
	DatabaseSuffix: "-db-staging",
	Backend:        ".crane/state/staging",
	Secrets:        Scope{Environment: "dev", Path: "/" + Venture + "/staging"},
}
