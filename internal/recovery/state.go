// Package recovery puts a stack's state and what exists on Cloudflare back
// together after an update was interrupted: objects that were created but whose
// answer was lost, operations that never ended, locks of processes that died.
package recovery

import (
	"encoding/json"
	"fmt"
	"strings"

	"crane/stacks"
)

// State is what `pulumi stack export` prints. Everything that is not looked at
// here is passed on as it came.
type State struct {
	file       map[string]json.RawMessage
	deployment map[string]json.RawMessage
	urns       map[string]bool
	pending    []operation
}

type operation struct {
	Type     string `json:"type"`
	Resource struct {
		URN string `json:"urn"`
	} `json:"resource"`
}

// Parse reads an exported state.
func Parse(text []byte) (*State, error) {
	s := &State{urns: map[string]bool{}}
	if err := json.Unmarshal(text, &s.file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	if err := json.Unmarshal(s.file["deployment"], &s.deployment); err != nil {
		return nil, fmt.Errorf("%w: deployment: %w", ErrState, err)
	}
	var resources []struct {
		URN string `json:"urn"`
		// A resource that waits for its deletion no longer stands for anything.
		Delete bool `json:"delete"`
	}
	if err := optional(s.deployment["resources"], &resources); err != nil {
		return nil, err
	}
	for _, r := range resources {
		s.urns[r.URN] = s.urns[r.URN] || !r.Delete
	}
	return s, optional(s.deployment["pending_operations"], &s.pending)
}

// optional reads a part of the deployment that a new stack does not have.
func optional(text json.RawMessage, into any) error {
	if len(text) == 0 {
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%w: %w", ErrState, err)
	}
	return nil
}

// urn finds a resource by its own type and name, whatever it is a child of.
func (s *State) urn(kind, name string) (string, bool) {
	for urn, live := range s.urns {
		parts := strings.SplitN(urn, "::", 4) // urn:pulumi:<stack>, project, <parents$>type, name
		if live && len(parts) == 4 && parts[3] == name && parts[2][strings.LastIndex(parts[2], "$")+1:] == kind {
			return urn, true
		}
	}
	return "", false
}

// Lacking are the resources that the state does not have.
func (s *State) Lacking(declared []stacks.Resource) []stacks.Resource {
	var out []stacks.Resource
	for _, r := range declared {
		if _, ok := s.urn(r.Type, r.Name); !ok {
			out = append(out, r)
		}
	}
	return out
}

// Pending are the operations that never ended, such as "creating context-api-d1".
func (s *State) Pending() []string {
	var out []string
	for _, op := range s.pending {
		out = append(out, op.Type+" "+op.Resource.URN[strings.LastIndex(op.Resource.URN, "::")+2:])
	}
	return out
}

// Settled is the state without its pending operations, for `pulumi stack import`.
func (s *State) Settled() ([]byte, error) {
	delete(s.deployment, "pending_operations")
	deployment, err := json.Marshal(s.deployment)
	if err != nil {
		return nil, err
	}
	s.file["deployment"] = deployment
	return json.Marshal(s.file)
}
