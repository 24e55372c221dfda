package stacks

import (
	"regexp"
	"slices"
)

var (
	// workerName is what a script may be called that answers on workers.dev:
	// Cloudflare also takes an underscore elsewhere, but gives such a script no
	// certificate. See https://github.com/cloudflare/workers-sdk/pull/829.
	workerName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	// databaseName is D1's own rule.
	databaseName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
	// bindingName is a JavaScript identifier, as far as plain letters go.
	bindingName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// flagName is how every flag of workerd's compatibility-date.capnp looks.
	flagName = regexp.MustCompile(`^[a-z0-9]+([_-][a-z0-9]+)*$`)
)

func (c *checker) workerName(where string, i int, name string) {
	switch {
	case name == "":
		c.add(where, "a worker needs a name")
	case !workerName.MatchString(name):
		c.add(where, "Cloudflare accepts lower-case letters, digits and hyphens, with no hyphen first or last")
	case slices.IndexFunc(c.fleet.Workers, func(o Worker) bool { return o.Name == name }) < i:
		c.add(where, "named twice; give one of the workers another name")
	default:
		c.scriptName(where, name)
	}
}

// scriptName looks at the names the Worker gets on the stacks. Two Workers must
// not meet in one name even on different stacks, because the stacks may share
// an account.
func (c *checker) scriptName(where, name string) {
	for _, s := range All() {
		if over := len(s.Script(name)) - MaxScriptName; over > 0 {
			c.add(where, "its script %s has %d characters, and Cloudflare accepts %d; shorten the name by %d",
				s.Script(name), len(s.Script(name)), MaxScriptName, over)
		}
	}
	for _, other := range c.fleet.Workers {
		if Staging.Script(other.Name) == Production.Script(name) {
			c.add(where, "on production its script would be named as that of %q on staging, %s; give one of them another name",
				other.Name, Production.Script(name))
		}
	}
}
