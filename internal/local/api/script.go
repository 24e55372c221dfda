package api

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/google/uuid"

	"crane/internal/local/store"
)

// scriptName is what can be a script's name and the first label of its host.
var scriptName = regexp.MustCompile(`^[a-z0-9_][a-z0-9_-]{0,62}$`)

func (s *server) listScripts(r request) (any, error) {
	all := []any{}
	for _, script := range r.Scripts.List() {
		all = append(all, scriptObject(script))
	}
	return onePage(all), nil
}

// putScript uploads a version and makes it the active one at once.
func (s *server) putScript(r request) (any, error) {
	u, err := readUpload(r)
	if err != nil {
		return nil, err
	}
	name := r.PathValue("name")
	if !scriptName.MatchString(name) {
		return nil, refuse(http.StatusBadRequest, 10016, "workers.api.error.invalid_script_name: %q", name)
	}
	defer s.lock(r)()
	script, known := r.Scripts.Get(name)
	if !known {
		script = store.Script{Name: name, Tag: plainID(uuid.NewString()), CreatedOn: s.now()}
	}
	d, err := s.draftOf(r, script, u)
	if err != nil {
		return nil, err
	}
	if err := s.save(r, &script, d); err != nil {
		return nil, err
	}
	u.metadata.scriptSettings.apply(&script.Settings)
	if err := s.promote(r, &script, d.version.ID, u.metadata.Annotations); err != nil {
		return nil, err
	}
	return scriptObject(script), nil
}

// draftOf resolves an upload's bindings. Secrets that it does not name stay,
// as on Cloudflare.
func (s *server) draftOf(r request, script store.Script, u upload) (draft, error) {
	latest, _ := script.Latest()
	resolved, err := bindings{
		specs: u.metadata.Bindings, before: latest.Bindings,
		keep:   append(slices.Clone(u.metadata.KeepBindings), secretText),
		strict: r.URL.Query().Get("bindings_inherit") == "strict",
	}.resolve()
	if err != nil {
		return draft{}, err
	}
	return s.newDraft(r, u, resolved), checkBindings(r, script.Name, resolved)
}

// lock serialises the changes of the script that the path names.
func (s *server) lock(r request) (release func()) {
	return s.locks.hold(r.account.ID + " " + r.PathValue("name"))
}

// script is the one that the path names.
func script(r request) (store.Script, error) {
	if found, ok := r.Scripts.Get(r.PathValue("name")); ok {
		return found, nil
	}
	return store.Script{}, noWorker
}

// active is the script's version that answers.
func active(r request) (store.Script, store.Version, error) {
	found, err := script(r)
	if err != nil {
		return found, store.Version{}, err
	}
	version, deployed := found.Active()
	if !deployed {
		return found, version, noWorker
	}
	return found, version, nil
}

func (s *server) getBindings(r request) (any, error) {
	_, version, err := active(r)
	if err != nil {
		return nil, err
	}
	return onePage(fullView.all(version.Bindings)), nil
}

// scriptObject is a script as lists and uploads show it. What it calls a
// deployment is a version: wrangler prints it as the current version's id.
func scriptObject(script store.Script) map[string]any {
	version, deployed := script.Active()
	object := map[string]any{
		"id": script.Name, "tag": script.Tag, "tags": texts(script.Settings.Tags), "etag": version.Etag,
		"created_on": stamp(script.CreatedOn), "modified_on": stamp(script.ModifiedOn),
		"handlers": []string{}, "named_handlers": []any{}, "has_assets": false, "has_modules": true,
		"usage_model": version.UsageModel, "startup_time_ms": version.StartupMS,
		"compatibility_date": version.CompatibilityDate, "compatibility_flags": texts(version.CompatibilityFlags),
		"logpush": script.Settings.Logpush, "tail_consumers": orNull(script.Settings.TailConsumers),
		"placement": orEmpty(script.Settings.Placement), "last_deployed_from": version.Source,
	}
	if deployed {
		object["deployment_id"] = plainID(version.ID)
	}
	return object
}
