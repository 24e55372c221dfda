package infisical

// Project is the id of the one project of the stand-in.
const Project = "local"

// Identity is a machine identity. The two there are have public secrets: they
// open nothing but a server on this machine.
type Identity struct {
	// Name is the stack the identity belongs to.
	Name string
	// ClientID and ClientSecret are its Universal Auth credentials.
	ClientID, ClientSecret string
	// Environment is the slug of the only environment it may read.
	Environment string
}

// Staging reads the environment of the staging stack.
var Staging = Identity{
	Name:         "staging",
	ClientID:     "local-staging",
	ClientSecret: "local-staging-client-secret",
	Environment:  "dev",
}

// Production reads the environment of the production stack.
var Production = Identity{
	Name:         "production",
	ClientID:     "local-production",
	ClientSecret: "local-production-client-secret",
	Environment:  "prod",
}

// Identities are all there are.
func Identities() []Identity { return []Identity{Staging, Production} }
