// Package fault makes the local Cloudflare fail on demand, in the ways in which
// Cloudflare does: rate limits, errors, lost answers, slow answers, D1's own
// troubles, and uploads that take a while to be seen. The Infisical beside it
// fails in those of them that it has too. Faults are in memory only: a restart
// clears them.
package fault

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"crane/internal/hint"
)

// Fault is one thing that goes wrong, where, and how often.
type Fault struct {
	// Kind is what goes wrong.
	Kind Kind `json:"kind"`
	// Service is whose requests meet it; empty is API.
	Service Service `json:"service,omitempty"`
	// Method is the HTTP method of the requests that meet it; empty is any.
	Method string `json:"method,omitempty"`
	// Path is a regular expression that matches their whole path, as it is in
	// the request log; empty is any. For Propagation it is the path of the
	// script, /client/v4/accounts/<account>/workers/scripts/<name>.
	Path string `json:"path,omitempty"`
	// Count is how many requests are still to meet it; 0 is all until it is
	// cleared. In JSON 1 when it is not there.
	Count int `json:"count"`
	// Skip is how many matching requests pass before that.
	Skip int `json:"skip"`
	// For is how long Latency and Propagation take, and what RateLimit says in
	// Retry-After, a second unless given. The other kinds take none.
	For Duration `json:"for,omitzero"`
}

// Duration is a time.Duration that is text in JSON, such as "1.5s".
type Duration time.Duration

func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText writes it as time.ParseDuration reads it.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads it.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = Duration(parsed)
	return err
}

// entry is a fault that is on.
type entry struct {
	Fault
	path *regexp.Regexp
}

// entry checks a fault. The error is ErrInvalid, with a hint.
func (f Fault) entry() (*entry, error) {
	f.Method = strings.ToUpper(f.Method)
	path, err := anchored(f.Path)
	rule, known := rules[f.Kind]
	switch {
	case !known:
		return nil, f.invalid("is no kind of fault", "use one of "+strings.Join(names(API), ", "))
	case f.service() != API && f.service() != Infisical:
		return nil, f.invalid(fmt.Sprintf("is for %q, which is no service that has faults", f.Service), "use api or infisical")
	case !rule.happens(f.service()):
		return nil, f.invalid("is nothing that happens to "+string(f.Service), "use one of "+strings.Join(names(f.service()), ", "))
	case err != nil:
		return nil, f.invalid("cannot match paths: "+err.Error(), "see https://pkg.go.dev/regexp/syntax for what a path can be")
	case f.Count < 0 || f.Skip < 0 || f.For < 0:
		return nil, f.invalid("has a number below zero", "count 0 means until cleared")
	case rule.duration == required && f.For == 0:
		return nil, f.invalid("needs a duration", "say for how long: --for 3s, or \"for\": \"3s\" in JSON")
	case rule.duration == none && f.For != 0:
		return nil, f.invalid("takes no duration", "leave --for out")
	case rule.upload && f.Method != "":
		return nil, f.invalid("is about uploads, whatever their method", "leave --method out")
	}
	return &entry{f, path}, nil
}

func (f Fault) service() Service { return cmp.Or(f.Service, API) }

func (f Fault) invalid(why, next string) error {
	return hint.Wrap(fmt.Errorf("%w: %q %s; no fault was added", ErrInvalid, f.Kind, why), next)
}

// anchored compiles an expression that matches whole paths only. The bare one
// is compiled too, so that no bracket in it can close ours.
func anchored(path string) (*regexp.Regexp, error) {
	path = cmp.Or(path, ".*")
	if _, err := regexp.Compile(path); err != nil {
		return nil, err
	}
	return regexp.Compile("^(?:" + path + ")$")
}

// meets counts a request and reports whether it meets the fault.
func (e *entry) meets(service Service, upload bool, method, path string) bool {
	if e.service() != service || rules[e.Kind].upload != upload || e.Method != "" && e.Method != method || !e.path.MatchString(path) {
		return false
	}
	if e.Skip > 0 {
		e.Skip--
		return false
	}
	return true
}

// spend reports whether a fault that was met is used up.
func (e *entry) spend() bool {
	if e.Count == 0 {
		return false
	}
	e.Count--
	return e.Count == 0
}

// retryAfter is what RateLimit tells clients to wait, in seconds, rounded up.
func (f Fault) retryAfter() int {
	wait := cmp.Or(time.Duration(f.For), time.Second)
	return int((wait + time.Second - 1) / time.Second)
}

// names are the kinds that a service can meet, in alphabetical order.
func names(service Service) []string {
	var all []string
	for kind, rule := range rules {
		if rule.happens(service) {
			all = append(all, string(kind))
		}
	}
	slices.Sort(all)
	return all
}
