package stacks

// What Cloudflare allows. The numbers are those of its free plan
// (https://developers.cloudflare.com/workers/platform/limits/), so that a fleet
// which validates fits any account; on the paid plan, raise them here.
const (
	// MaxScriptName is in characters. A longer name cannot be a label of a
	// host name, and every Worker here answers on one.
	MaxScriptName = 63
	// MaxTextBindings counts a Worker's vars and secrets, crane's own two
	// (CRANE_STACK and CRANE_REVISION) among them. The paid plan allows 128.
	MaxTextBindings = 64
	// MaxVarBytes is the longest text of one var or secret: 5 KB.
	MaxVarBytes = 5 * 1024
	// MaxCrons counts the schedules of all Workers of a stack, because
	// Cloudflare counts them per account. The paid plan allows 250.
	MaxCrons = 5
)

// ReservedPrefix begins the names of the bindings that crane itself adds.
const ReservedPrefix = "CRANE_"

// ownBindings are the plain-text bindings that crane adds to every Worker.
const ownBindings = 2
