package api

import (
	"encoding/json"

	"crane/internal/local/store"
)

// bindingSpec is a binding as clients send it.
type bindingSpec struct {
	Name        string          `json:"name"`
	Type        string          `json:"type"`
	Text        *string         `json:"text"`
	JSON        json.RawMessage `json:"json"`
	ID          string          `json:"id"`
	DatabaseID  string          `json:"database_id"`
	Service     string          `json:"service"`
	Environment string          `json:"environment"`
	Entrypoint  string          `json:"entrypoint"`
}

// bare tells whether nothing but name and type was sent.
func (b bindingSpec) bare() bool {
	return b.Text == nil && b.JSON == nil && b.ID == "" && b.DatabaseID == "" && b.Service == ""
}

// stored is the binding as a version keeps it; inherited ones are not for it.
func (b bindingSpec) stored() (store.Binding, error) {
	kept := store.Binding{Name: b.Name, Type: b.Type}
	switch b.Type {
	case "plain_text", "secret_text":
		if b.Text == nil {
			return kept, invalid("binding %s of type %s must have a valid `text` specified", b.Name, b.Type)
		}
		kept.Text = *b.Text
	case "json":
		kept.JSON = b.JSON
	case "d1":
		if kept.DatabaseID = b.ID; b.ID == "" {
			kept.DatabaseID = b.DatabaseID
		}
	case "service":
		if kept.Service, kept.Environment = b.Service, b.Environment; b.Environment == "" {
			kept.Environment = "production"
		}
		if b.Entrypoint != "" {
			return kept, invalid("binding %s: this server has no named entrypoints", b.Name)
		}
	default:
		return kept, invalid("binding %s: this server has no bindings of type %q", b.Name, b.Type)
	}
	return kept, nil
}

// bindingView is how an endpoint shows a d1 binding's database.
type bindingView int

const (
	// plainView has `id` only: /settings.
	plainView bindingView = iota
	// fullView has `id` and `database_id`: /bindings and /versions. The
	// official provider's v4 panics without the second.
	fullView
)

func (v bindingView) all(bindings []store.Binding) []any {
	shown := []any{}
	for _, b := range bindings {
		shown = append(shown, v.one(b))
	}
	return shown
}

// one shows a binding; never a secret's text.
func (v bindingView) one(b store.Binding) map[string]any {
	shown := map[string]any{"name": b.Name, "type": b.Type}
	switch b.Type {
	case "plain_text":
		shown["text"] = b.Text
	case "json":
		shown["json"] = b.JSON
	case "service":
		shown["service"], shown["environment"] = b.Service, b.Environment
	case "d1":
		shown["id"] = b.DatabaseID
		if v == fullView {
			shown["database_id"] = b.DatabaseID
		}
	}
	return shown
}
