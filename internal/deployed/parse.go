package deployed

import (
	"encoding/json"
	"fmt"
	"strings"

	"crane/stacks"
)

// The types of the resources beside those that package stacks names.
const (
	releaseType    = "crane:index:Release"
	migrationsType = "crane:index:Migrations"
	routeType      = "crane:index:Route"
	smokeType      = "crane:index:Smoke"
)

// Parse reads what `pulumi stack export` printed. A stack that was never updated
// has nothing. Every error is ErrState.
func Parse(text []byte) (Stack, error) {
	var e export
	if err := json.Unmarshal(text, &e); err != nil {
		return Stack{}, fmt.Errorf("%w: %w", ErrState, err)
	}
	if e.Deployment == nil {
		return Stack{}, fmt.Errorf("%w: it has no deployment", ErrState)
	}
	live, err := e.live()
	if err != nil {
		return Stack{}, err
	}
	stack, err := live.stack()
	if err != nil {
		return Stack{}, err
	}
	stack.Pending = len(e.Deployment.Pending) > 0
	return stack, nil
}

// stack finds every Worker by its script and every database by itself: what else
// they own says more of them, but does not make them.
func (s state) stack() (Stack, error) {
	out := Stack{Workers: map[string]Worker{}, Databases: map[string]Database{}}
	for k, r := range s {
		if err := s.add(&out, k, r); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (s state) add(to *Stack, k key, r resource) (err error) {
	switch k.kind {
	case stacks.ScriptType:
		if name, ok := strings.CutSuffix(k.name, stacks.ScriptName("")); ok {
			to.Workers[name], err = s.worker(name)
		}
	case stacks.DatabaseType:
		if name, ok := strings.CutSuffix(k.name, stacks.D1Name("")); ok {
			to.Databases[name], err = s.database(name)
		}
	case releaseType:
		to.Release, err = r.release()
	}
	return err
}

// release is the record that a promotion leaves, all of which is inputs.
func (r resource) release() (*Release, error) {
	var out Release
	err := r.decode(r.Inputs, &out)
	return &out, err
}
