package smoke

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"crane/stacks"
)

// The errors of this package.
var (
	// ErrUnhealthy means that a Worker did not become healthy, or not with what
	// was deployed.
	ErrUnhealthy = errors.New("unhealthy")
)

// shownBody is how much of a body an error shows, in bytes.
const shownBody = 300

// UnhealthyError says what was last seen. It is ErrUnhealthy.
type UnhealthyError struct {
	// URL is the Worker's.
	URL string
	// After is how long it was asked.
	After time.Duration
	// Attempts is how often it was asked.
	Attempts int
	// Difference is how the last answer was not what was expected.
	Difference string
	// Status is the last HTTP status, zero when there was no answer.
	Status int
	// Body is the last body, as one line of about 300 bytes at most.
	Body string
}

func (e *UnhealthyError) Error() string {
	text := fmt.Sprintf("%s was not healthy with this deployment for %s (asked %d times): %s",
		e.URL, e.After, e.Attempts, e.Difference)
	if e.Status == 0 {
		return text
	}
	return fmt.Sprintf("%s; it last answered HTTP %d: %s", text, e.Status, e.Body)
}

// Unwrap gives ErrUnhealthy.
func (*UnhealthyError) Unwrap() error { return ErrUnhealthy }

// Hint is how to look for oneself.
func (e *UnhealthyError) Hint() string {
	log := "the Worker's log"
	if u, err := url.Parse(e.URL); err == nil && stacks.Loopback(u.Host) {
		log = ".crane/local/server.log"
	}
	return fmt.Sprintf("look at %s/health and %s; the script is deployed, run the same command again once it is mended", e.URL, log)
}

// shortened makes a body one line that is safe to show in a terminal.
func shortened(body []byte) string {
	line := strings.Join(strings.Fields(strings.ToValidUTF8(string(body), "\uFFFD")), " ")
	line = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, line)
	if len(line) > shownBody {
		return strings.ToValidUTF8(line[:shownBody], "") + "…"
	}
	return line
}
