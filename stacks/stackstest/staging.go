package stackstest

import "crane/stacks"

// Staging is the default: what a bare command reaches.
var Staging = stacks.Stack{
	Name:           "staging",
	Env:            "dev",
	AccountID:      "0c4a5e00000000000000000000000051",
	ScriptSuffix:   "-staging",
	DatabaseSuffix: "-db-staging",
	Backend:        ".crane/state/staging",
	Secrets:        stacks.Scope{Environment: "dev", Path: "/" + stacks.Venture + "/staging"},
}
