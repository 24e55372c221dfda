// Package drift compares a stack's state with what exists. Pulumi does the
// comparing, in `pulumi refresh --preview-only --json`; this package says in
// words what was found, what was not looked at, and what comes next.
package drift

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"crane/stacks"
)

// The type tokens of the resources beside those that package stacks names.
const (
	cronsType      = "cloudflare:index/workersCronTrigger:WorkersCronTrigger"
	migrationsType = "crane:index:Migrations"
	routeType      = "crane:index:Route"
	smokeType      = "crane:index:Smoke"
)

// preview is the part of Pulumi's document that is looked at, see PreviewDigest
// in pkg/display/json.go of github.com/pulumi/pulumi.
type preview struct {
	Steps       []step
	Diagnostics []diagnostic
}

// step is what refreshing one resource came to: an update, a delete, or nothing.
type step struct {
	Op          string
	URN         string
	OldState    state
	NewState    state
	DiffReasons []string
}

type state struct{ Outputs map[string]any }

// diagnostic is what a provider or the engine said, of one resource if it has a URN.
type diagnostic struct{ URN, Message, Severity string }

func parse(text []byte) (preview, error) {
	var p preview
	if err := json.Unmarshal(text, &p); err != nil {
		return p, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return p, nil
}

// said is what was said of a resource: its first message of a severity, without
// the words around it, and the hint in it.
func (p preview) said(urn, severity string) (what, next string) {
	for _, d := range p.Diagnostics {
		if d.URN == urn && d.Severity == severity {
			what, next, _ = strings.Cut(strings.TrimSpace(d.Message), "\nhint: ")
			return strings.TrimPrefix(strings.TrimPrefix(what, severity+": "), "Preview failed: "), next
		}
	}
	return "", ""
}

// step is the one of a resource; without any the zero step, which is of no type.
func (p preview) step(urn string) step {
	for _, s := range p.Steps {
		if s.URN == urn {
			return s
		}
	}
	return step{}
}

// name is the last part of a URN, and kind the type of the resource itself.
func (s step) name() string {
	parts := strings.Split(s.URN, "::")
	return parts[len(parts)-1]
}

func (s step) kind() string {
	parts := strings.SplitN(s.URN, "::", 4) // urn:pulumi:<stack>, project, <parents$>type, name
	if len(parts) < 4 {
		return ""
	}
	return parts[2][strings.LastIndex(parts[2], "$")+1:]
}

// owner is the Worker or the database that a resource belongs to.
func (s step) owner() string { return s.name()[:max(0, strings.LastIndex(s.name(), "-"))] }

// noDatabase is D1's code for a database that does not exist, as the stand-in
// and the official provider say it; neither has another sign of it. Without what
// is around it, it may be a part of a database's id.
var noDatabase = regexp.MustCompile(`[ (]7404[:)]`)

func (s step) lost(message string) bool {
	return s.kind() == stacks.DatabaseType && noDatabase.MatchString(message)
}
