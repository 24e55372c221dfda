package api

import (
	"encoding/json"

	"crane/internal/local/store"
)

// scriptSettings are those that belong to the script and not to a version;
// what is not sent stays.
type scriptSettings struct {
	Logpush       *bool           `json:"logpush"`
	Tags          *[]string       `json:"tags"`
	Observability json.RawMessage `json:"observability"`
	TailConsumers json.RawMessage `json:"tail_consumers"`
	Placement     json.RawMessage `json:"placement"`
}

func (sent scriptSettings) apply(to *store.Settings) {
	if sent.Logpush != nil {
		to.Logpush = *sent.Logpush
	}
	if sent.Tags != nil {
		to.Tags = *sent.Tags
	}
	for from, into := range map[*json.RawMessage]*json.RawMessage{
		&sent.Observability: &to.Observability,
		&sent.TailConsumers: &to.TailConsumers,
		&sent.Placement:     &to.Placement,
	} {
		if len(*from) > 0 {
			*into = *from
		}
	}
}

// texts is a list that is never null.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// orNull is stored JSON, or null.
func orNull(raw json.RawMessage) any {
	if len(raw) == 0 {
		return nil
	}
	return raw
}

// orEmpty is stored JSON, or an empty object.
func orEmpty(raw json.RawMessage) any {
	if !present(raw) {
		return struct{}{}
	}
	return raw
}

// getSettings shows what belongs to the active version and to the script.
func (s *server) getSettings(r request) (any, error) {
	found, version, err := active(r)
	if err != nil {
		return nil, err
	}
	return settingsObject(found, version), nil
}

func settingsObject(script store.Script, version store.Version) map[string]any {
	object := scriptSettingsObject(script)
	object["bindings"] = plainView.all(version.Bindings)
	object["compatibility_date"] = version.CompatibilityDate
	object["compatibility_flags"] = texts(version.CompatibilityFlags)
	object["usage_model"] = version.UsageModel
	object["placement"] = orEmpty(script.Settings.Placement)
	return object
}

func scriptSettingsObject(script store.Script) map[string]any {
	return map[string]any{
		"logpush": script.Settings.Logpush, "tags": texts(script.Settings.Tags),
		"observability": orNull(script.Settings.Observability), "tail_consumers": orNull(script.Settings.TailConsumers),
	}
}

func (s *server) getScriptSettings(r request) (any, error) {
	found, err := script(r)
	if err != nil {
		return nil, err
	}
	return scriptSettingsObject(found), nil
}

// patchScriptSettings changes what belongs to no version.
func (s *server) patchScriptSettings(r request) (any, error) {
	var sent scriptSettings
	if err := r.decode(&sent); err != nil {
		return nil, err
	}
	defer s.lock(r)()
	found, err := script(r)
	if err != nil {
		return nil, err
	}
	sent.apply(&found.Settings)
	return scriptSettingsObject(found), r.Scripts.Put(found.Name, found)
}
