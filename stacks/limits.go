package stacks

import "cmp"

// Plan is what an account may have, by what is paid for it. An account with
// limits of its own is a Plan of its own.
// https://developers.cloudflare.com/workers/platform/limits/
// https://developers.cloudflare.com/d1/platform/limits/
type Plan struct {
	// Name is how messages call it.
	Name string
	// Databases and Workers count those of one stack, as if the account were
	// its own.
	Databases, Workers int
	// Crons counts the schedules of all Workers of a stack, because Cloudflare
	// counts them per account.
	Crons int
	// TextBindings counts a Worker's vars and secrets, crane's own two
	// (CRANE_STACK and CRANE_REVISION) among them.
	TextBindings int
}

// Cloudflare's plans.
var (
	Free = Plan{Name: "free", Databases: 10, Workers: 100, Crons: 5, TextBindings: 64}
	Paid = Plan{Name: "paid", Databases: 50_000, Workers: 500, Crons: 250, TextBindings: 128}
)

// What Cloudflare allows on any plan.
const (
	// MaxScriptName is in characters. A longer name cannot be a label of a
	// host name, and every Worker here answers on one.
	MaxScriptName = 63
	// MaxVarBytes is the longest text of one var or secret: 5 KB.
	MaxVarBytes = 5 * 1024
)

// ReservedPrefix begins the names of the bindings that crane itself adds.
const ReservedPrefix = "CRANE_"

// ownBindings are the plain-text bindings that crane adds to every Worker.
const ownBindings = 2

// plan is the fleet's, which is the free one unless it names another.
func (c *checker) plan() Plan { return cmp.Or(c.fleet.Plan, Free) }

// paying is the end of a line about what the paid plan would allow.
func (c *checker) paying() string {
	if c.plan() != Free {
		return ""
	}
	return ", or set Plan: Paid on the paid plan"
}

// counts refuses more than an account may have.
func (c *checker) counts() {
	p := c.plan()
	if n := len(c.fleet.Databases); n > p.Databases {
		c.add("databases", "there are %d, and Cloudflare accepts %d per account on the %s plan; join some%s", n, p.Databases, p.Name, c.paying())
	}
	if n := len(c.fleet.Workers); n > p.Workers {
		c.add("workers", "there are %d, and Cloudflare accepts %d per account on the %s plan; join some%s", n, p.Workers, p.Name, c.paying())
	}
}
