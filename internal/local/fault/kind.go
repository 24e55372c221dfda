package fault

// Service is a part of the local Cloudflare that faults are for, as the request
// log names it.
type Service string

// The services there are: the first is meant when a fault names none.
const (
	API       Service = "api"
	Infisical Service = "infisical"
)

// Kind names what goes wrong.
type Kind string

// The kinds there are. "Before" and "after" are about the effect: before it,
// nothing has happened; after it, everything has, and only the answer is lost.
const (
	// RateLimit is Cloudflare's 429, with its headers
	// (https://developers.cloudflare.com/fundamentals/api/reference/limits/) and
	// the body that users report
	// (https://github.com/cloudflare/terraform-provider-cloudflare/issues/6502), or
	// Infisical's (github.com/Infisical/infisical, backend/src/server/config).
	RateLimit Kind = "429"
	// ErrorBefore and ErrorAfter are an internal error, HTTP 500, as in
	// https://github.com/cloudflare/workers-sdk/issues/14731 for D1.
	ErrorBefore Kind = "500-before"
	ErrorAfter  Kind = "500-after"
	// CutBefore and CutAfter end the connection without an answer. Most clients
	// repeat a GET by themselves when the connection was not a new one.
	CutBefore Kind = "cut-before"
	CutAfter  Kind = "cut-after"
	// Latency keeps the request waiting before anything is done with it.
	Latency Kind = "latency"
	// Propagation lets the version before an upload answer for a while after it,
	// as edge locations do that have not heard of it yet. A script without one
	// is not there until then. The API itself knows the new version at once.
	Propagation Kind = "propagation"
	// Overloaded and Reset are two of the messages at
	// https://developers.cloudflare.com/d1/observability/debug-d1/. That page has
	// no numbers; users report both with code 7429, and that code with HTTP 429.
	// Nothing was changed: a reset object has lost its transaction.
	Overloaded Kind = "d1-overloaded"
	Reset      Kind = "d1-reset"
	// Quota is the end of a free account's daily row writes, in the words of
	// https://developers.cloudflare.com/d1/observability/debug-d1/. How exactly the
	// REST API words it is not known: users report HTTP 400 and code 7500, some
	// of them with ": SQLITE_ERROR" at the end.
	Quota Kind = "d1-quota"
)

// How a kind takes a duration.
const (
	none = iota
	optional
	required
)

// rule is how a kind behaves.
type rule struct {
	// duration says whether it takes one.
	duration int
	// upload means that it is met by uploads and not by requests.
	upload bool
	// effect means that the request has its effect first.
	effect bool
	// answers stand for the real answer, by service; none only takes time.
	answers map[Service]answerer
}

// happens reports whether a kind is one that a service can meet.
func (r rule) happens(s Service) bool {
	timeOnly := r.answers == nil && !r.upload
	return s == API || timeOnly || r.answers[s] != nil
}

var cuts = map[Service]answerer{API: cut, Infisical: cut}

var internals = map[Service]answerer{API: internal, Infisical: infisicalInternal}

var rules = map[Kind]rule{
	RateLimit:   {duration: optional, answers: map[Service]answerer{API: limited, Infisical: infisicalLimited}},
	ErrorBefore: {answers: internals},
	ErrorAfter:  {answers: internals, effect: true},
	CutBefore:   {answers: cuts},
	CutAfter:    {answers: cuts, effect: true},
	Latency:     {duration: required},
	Propagation: {duration: required, upload: true},
	Overloaded:  {answers: cloudflare(says(429, 7429, "D1 DB is overloaded. Requests queued for too long."))},
	Reset:       {answers: cloudflare(says(429, 7429, "D1 DB storage operation exceeded timeout which caused object to be reset."))},
	Quota: {answers: cloudflare(says(400, 7500, "Your account has exceeded D1's free tier daily row write limit. Upgrade to a paid plan or wait "+
		"until tomorrow (midnight UTC) to continue. See https://developers.cloudflare.com/d1/platform/limits/ for more details."))},
}

// cloudflare is an answer that only Cloudflare's API has.
func cloudflare(a answerer) map[Service]answerer { return map[Service]answerer{API: a} }
