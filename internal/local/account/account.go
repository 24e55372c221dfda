// Package account holds the two accounts of the local Cloudflare. Their tokens
// are public: they open nothing but a server on this machine.
package account

// Account is one Cloudflare account.
type Account struct {
	// ID is 32 hexadecimal digits, as Cloudflare's are.
	ID string
	// Name is what `wrangler whoami` shows.
	Name string
	// Token is the one API token that may use the account; 40 characters, as
	// the official provider demands.
	Token string
	// Subdomain is the account's name under workers.dev.
	Subdomain string
	// Passphrase opens the state of the stack. It protects nothing but copies of
	// secrets that are made up on this machine.
	Passphrase string
}

// Staging is the account of the staging stack.
var Staging = Account{
	ID:         "0c4a5e00000000000000000000000051",
	Name:       "Crane local staging",
	Token:      "local-staging-token-00000000000000000000",
	Subdomain:  "crane-local-staging",
	Passphrase: "crane-local-staging",
}

// Production is the account of the production stack.
var Production = Account{
	ID:         "0c4a5e000000000000000000000000b2",
	Name:       "Crane local production",
	Token:      "local-production-token-00000000000000000",
	Subdomain:  "crane-local-production",
	Passphrase: "crane-local-production",
}

// All are the accounts there are.
func All() []Account { return []Account{Staging, Production} }
