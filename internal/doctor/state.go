package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"crane/internal/deployed"
	"crane/stacks"
)

// exported is what a state is looked at for: package deployed says what is in it,
// this says how it is kept.
type exported struct {
	deployed.Stack
	resources []resource
	// copied is Export.Copied.
	copied time.Time
}

// resource is the part of Pulumi's ResourceV3 that keeps, see
// sdk/go/common/apitype of github.com/pulumi/pulumi.
type resource struct {
	URN     string                     `json:"urn"`
	Type    string                     `json:"type"`
	Protect bool                       `json:"protect"`
	Retain  bool                       `json:"retainOnDelete"`
	Hooks   map[string][]string        `json:"resourceHooks"`
	Delete  bool                       `json:"delete"`
	Outputs map[string]json.RawMessage `json:"outputs"`
}

// name is the logical name, the end of the URN.
func (r resource) name() string { return r.URN[strings.LastIndex(r.URN, "::")+len("::"):] }

// hooked reports whether the latch is asked before a delete.
func (r resource) hooked() bool {
	for _, name := range r.Hooks["BeforeDelete"] {
		if name == latch {
			return true
		}
	}
	return false
}

// latch is the name of the hook that package infra registers.
const latch = "crane-latch"

// states are the exports, each asked for once.
type states struct {
	Subject
	asked each[exported]
}

func (s *states) read(ctx context.Context, stack stacks.Stack) (exported, error) {
	return s.asked.get(stack.Name, func() (exported, error) {
		from, there := s.States[stack.Name]
		if !there {
			return exported{}, errors.New("it is not readable here")
		}
		export, err := from(ctx)
		if err != nil {
			return exported{}, err
		}
		e, err := parse(export.Text)
		e.copied = export.Copied
		return e, err
	})
}

func parse(text []byte) (exported, error) {
	var e struct {
		Deployment struct {
			Resources []resource `json:"resources"`
		} `json:"deployment"`
	}
	has, err := deployed.Parse(text)
	if err == nil {
		err = json.Unmarshal(text, &e)
	}
	if err == nil && len(e.Deployment.Resources) == 0 {
		err = ErrNoState
	}
	return exported{Stack: has, resources: e.Deployment.Resources}, err
}

// secretMark is how a state marks a secret, in sdk/go/common/resource.
const (
	secretMark = `"4dabf18193072939515e22adb298388d"`
	secretSign = `"1b47061264138c4ac30d75fd1eb44270"`
)

// outputs are those of the stack itself.
func (e exported) outputs() map[string]json.RawMessage {
	for _, r := range e.resources {
		if r.Type == "pulumi:pulumi:Stack" {
			return r.Outputs
		}
	}
	return nil
}

// sealed reports whether an output of the stack is a secret.
func (e exported) sealed(name string) bool {
	text := strings.ReplaceAll(string(e.outputs()[name]), " ", "")
	return strings.Contains(text, secretMark+":"+secretSign)
}
