package deployed

import (
	"encoding/json"
	"fmt"
	"strings"
)

// export is the part of `pulumi stack export` that is looked at, see
// DeploymentV3 in sdk/go/common/apitype of github.com/pulumi/pulumi.
type export struct {
	Deployment *struct {
		Resources []resource        `json:"resources"`
		Pending   []json.RawMessage `json:"pending_operations"`
	} `json:"deployment"`
}

type resource struct {
	URN     string          `json:"urn"`
	Type    string          `json:"type"`
	ID      string          `json:"id"`
	Inputs  json.RawMessage `json:"inputs"`
	Outputs json.RawMessage `json:"outputs"`
	// What waits for its deletion no longer stands for anything, and what waits to
	// be made again is gone already.
	Delete             bool `json:"delete"`
	PendingReplacement bool `json:"pendingReplacement"`
}

// key is what a resource is found by, whatever it is a child of.
type key struct{ kind, name string }

type state map[key]resource

// live are the resources that stand for something.
func (e export) live() (state, error) {
	s := state{}
	for _, r := range e.Deployment.Resources {
		parts := strings.SplitN(r.URN, "::", 4) // urn:pulumi:<stack>, project, types, name
		if len(parts) != 4 {
			return nil, fmt.Errorf("%w: %q is no URN", ErrState, r.URN)
		}
		if !r.Delete && !r.PendingReplacement {
			s[key{r.Type, parts[3]}] = r
		}
	}
	return s, nil
}

// inputs and outputs decode one side of a resource; without the resource, or
// without that side, they leave into as it is.
func (s state) inputs(kind, name string, into any) error {
	r := s[key{kind, name}]
	return r.decode(r.Inputs, into)
}

func (s state) outputs(kind, name string, into any) error {
	r := s[key{kind, name}]
	return r.decode(r.Outputs, into)
}

func (r resource) decode(side json.RawMessage, into any) error {
	if len(side) == 0 {
		return nil
	}
	if err := json.Unmarshal(side, into); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrState, r.URN, err)
	}
	return nil
}
