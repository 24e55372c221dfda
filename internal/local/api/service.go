package api

import (
	"net/http"

	"crane/internal/local/store"
)

// getService is the older form in which wrangler and the provider's v5 ask for
// a script.
func (s *server) getService(r request) (any, error) {
	found, err := script(r)
	if err != nil {
		return nil, noService
	}
	environment := map[string]any{
		"environment": "production", "script": scriptObject(found),
		"created_on": stamp(found.CreatedOn), "modified_on": stamp(found.ModifiedOn),
	}
	return map[string]any{
		"id": found.Name, "default_environment": environment, "environments": []any{environment},
		"created_on": stamp(found.CreatedOn), "modified_on": stamp(found.ModifiedOn), "usage_model": "standard",
	}, nil
}

// deleteScript removes a script with everything that belongs to it. Without
// force, one that others bind stays.
func (s *server) deleteScript(r request) (any, error) {
	defer s.lock(r)()
	found, err := script(r)
	if err != nil {
		return nil, err
	}
	if users := incoming(r, found.Name); len(users) > 0 && r.URL.Query().Get("force") != "true" {
		return nil, refuse(http.StatusBadRequest, 10142,
			"This Worker is bound as a service by %s; delete or unbind that first, or use force=true.", users[0].from)
	}
	if err := r.Scripts.Delete(found.Name); err != nil {
		return nil, err
	}
	s.Runtime.Remove(r.account.ID, found.Name)
	return map[string]any{"id": found.Name}, nil
}

// reference is a service binding of another script to this one.
type reference struct{ from, binding string }

func incoming(r request, name string) []reference {
	var all []reference
	for _, other := range r.Scripts.List() {
		version, _ := other.Active()
		for _, b := range version.Bindings {
			if b.Type == "service" && b.Service == name && other.Name != name {
				all = append(all, reference{other.Name, b.Name})
			}
		}
	}
	return all
}

// getReferences is what wrangler asks before it deletes.
func (s *server) getReferences(r request) (any, error) {
	found, err := script(r)
	if err != nil {
		return nil, err
	}
	version, _ := found.Active()
	return map[string]any{
		"services":        map[string]any{"incoming": incomingObjects(r, found.Name), "outgoing": outgoing(version), "pages_function": false},
		"durable_objects": []any{}, "dispatch_outbounds": []any{},
	}, nil
}

func incomingObjects(r request, name string) []any {
	all := []any{}
	for _, one := range incoming(r, name) {
		all = append(all, map[string]any{"service": one.from, "environment": "production", "name": one.binding})
	}
	return all
}

func outgoing(version store.Version) []any {
	all := []any{}
	for _, b := range version.Bindings {
		if b.Type == "service" {
			all = append(all, map[string]any{"service": b.Service, "environment": b.Environment, "name": b.Name})
		}
	}
	return all
}

// listNamespaces is what wrangler reads when it deletes: there are neither KV
// nor Durable Object namespaces here.
func (s *server) listNamespaces(request) (any, error) { return onePage([]any{}), nil }

// getTails is what else wrangler asks before it deletes: there are no tail
// Workers here.
func (s *server) getTails(request) (any, error) { return []any{}, nil }
