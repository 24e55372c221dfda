package api

import (
	"net/http"
	"slices"

	"crane/internal/local/store"
)

// Limits of https://developers.cloudflare.com/workers/platform/limits.
const (
	maxText     = 5 << 10 // bytes in one text or secret
	maxBindings = 128     // texts and secrets in one Worker
)

// bindings turns what a client sent into a version's bindings.
type bindings struct {
	specs []bindingSpec
	// before are the latest version's, from which bindings can be taken over.
	before []store.Binding
	// keep are the types that are taken over without being named.
	keep []string
	// strict refuses to inherit what is not there.
	strict bool
}

// resolve returns the new set, in the order in which it was sent, what was
// kept at the end.
func (b bindings) resolve() ([]store.Binding, error) {
	var all []store.Binding
	for _, spec := range b.specs {
		one, found, err := b.take(spec)
		if err != nil {
			return nil, err
		}
		if found && has(all, one.Name) {
			return nil, nameInUse(one.Name)
		}
		if found {
			all = append(all, one)
		}
	}
	return b.takeOver(all)
}

func (b bindings) take(spec bindingSpec) (one store.Binding, found bool, err error) {
	if spec.Name == "" {
		return one, false, invalid("a binding has no name")
	}
	if spec.Type != "inherit" {
		one, err = spec.stored()
		return one, true, err
	}
	i := slices.IndexFunc(b.before, func(old store.Binding) bool { return old.Name == spec.Name })
	if i >= 0 {
		return b.before[i], true, nil
	}
	if b.strict {
		err = refuse(http.StatusBadRequest, 10057, "inherit binding %q is not bound in the latest version", spec.Name)
	}
	return one, false, err
}

// takeOver adds the kept ones. A kept secret whose name now means something
// else is refused, as on Cloudflare: it would be lost.
func (b bindings) takeOver(all []store.Binding) ([]store.Binding, error) {
	for _, old := range b.before {
		if !slices.Contains(b.keep, old.Type) {
			continue
		}
		i := slices.IndexFunc(all, func(one store.Binding) bool { return one.Name == old.Name })
		if i < 0 {
			all = append(all, old)
		} else if old.Type == "secret_text" && all[i].Type != old.Type {
			return nil, nameInUse(old.Name)
		}
	}
	return all, nil
}

func has(all []store.Binding, name string) bool {
	return slices.ContainsFunc(all, func(b store.Binding) bool { return b.Name == name })
}

func nameInUse(name string) *Refusal {
	return refuse(http.StatusBadRequest, 10053, "Binding name '%s' already in use. Please use a different name and try again.", name)
}

// checkBindings refuses sets that are too large and targets that are not in
// the account; a script may bind itself before it exists.
func checkBindings(r request, script string, all []store.Binding) error {
	texts := 0
	for _, b := range all {
		if b.Type == "plain_text" || b.Type == "secret_text" {
			texts++
		}
		if err := checkBinding(r, script, b); err != nil {
			return err
		}
	}
	if texts > maxBindings {
		return refuse(http.StatusBadRequest, 10055, "Your Worker has %d text bindings; at most %d are allowed.", texts, maxBindings)
	}
	return nil
}

func checkBinding(r request, script string, b store.Binding) error {
	switch b.Type {
	case "plain_text", "secret_text":
		if len(b.Text) > maxText {
			return refuse(http.StatusBadRequest, 10054, "The text of binding '%s' has %d bytes; at most %d are allowed.", b.Name, len(b.Text), maxText)
		}
	case "json":
		if !present(b.JSON) {
			return invalid("binding %s of type json must have a valid `json` specified", b.Name)
		}
	case "d1":
		return checkDatabase(r, b)
	case "service":
		return checkService(r, script, b)
	}
	return nil
}

func checkDatabase(r request, b store.Binding) error {
	if b.DatabaseID == "" {
		return invalid("binding %s of type d1 must have a valid `id` specified", b.Name)
	}
	if _, found := r.Databases.Get(b.DatabaseID); !found {
		return refuse(http.StatusBadRequest, 10181, "D1 binding '%s' references database '%s' which was not found. "+
			"Verify the database exists in your account and that the database_id in your configuration is correct.", b.Name, b.DatabaseID)
	}
	return nil
}

func checkService(r request, script string, b store.Binding) error {
	if _, found := r.Scripts.Get(b.Service); found || b.Service == script {
		return nil
	}
	return refuse(http.StatusBadRequest, 10143,
		"Could not resolve service binding '%s'. Target script '%s' not found. Please verify the target script and try again.", b.Name, b.Service)
}
