package previewstate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"crane/internal/revision"
	"crane/internal/secrets"
	"crane/stacks"
)

// script are the inputs that a Worker's revision follows from.
type script struct {
	Content            string    `json:"content"`
	CompatibilityDate  string    `json:"compatibilityDate"`
	CompatibilityFlags []string  `json:"compatibilityFlags"`
	PlainTextBindings  []binding `json:"plainTextBindings"`
	SecretTextBindings []binding `json:"secretTextBindings"`
	D1DatabaseBindings []binding `json:"d1DatabaseBindings"`
	ServiceBindings    []binding `json:"serviceBindings"`
}

type binding struct {
	Name       string `json:"name"`
	Text       any    `json:"text"`
	DatabaseID string `json:"databaseId"`
	Service    string `json:"service"`
}

// rename replaces each Worker's revision, wherever it is written, by the one that
// it has with placeholders for secrets.
func rename(deployment object) {
	databases := map[string]string{}
	for _, r := range resources(deployment) {
		if r["type"] == stacks.DatabaseType {
			inputs, _ := r["inputs"].(object)
			id, _ := r["id"].(string)
			databases[id], _ = inputs["name"].(string)
		}
	}
	renamed := map[string]string{}
	for _, r := range resources(deployment) {
		if r["type"] == stacks.ScriptType {
			was, is := revisions(r["inputs"], databases)
			renamed[was] = is
		}
	}
	delete(renamed, "") // a script that was taken over, and has none
	substitute(deployment, renamed)
}

// revisions are the one that a script's inputs have, and the one that follows from
// them.
func revisions(inputs any, databases map[string]string) (was, is string) {
	var s script
	text, _ := json.Marshal(inputs)
	if json.Unmarshal(text, &s) != nil {
		return "", ""
	}
	r := revision.Revision{
		CompatibilityDate: s.CompatibilityDate, CompatibilityFlags: s.CompatibilityFlags,
		Vars: map[string]string{}, Databases: map[string]string{}, Services: map[string]string{}, Secrets: map[string]string{},
	}
	sum := sha256.Sum256([]byte(s.Content))
	r.Bundle = hex.EncodeToString(sum[:])
	for _, b := range s.PlainTextBindings {
		value, _ := b.Text.(string)
		switch b.Name {
		case revision.Binding:
			was = value
		case revision.StackBinding:
		default:
			r.Vars[b.Name] = value
		}
	}
	for _, b := range s.D1DatabaseBindings {
		r.Databases[b.Name] = databases[b.DatabaseID]
	}
	for _, b := range s.ServiceBindings {
		r.Services[b.Name] = b.Service
	}
	for _, b := range s.SecretTextBindings {
		r.Secrets[b.Name] = secrets.Fingerprint(secrets.Placeholder(stacks.FingerprintKey), b.Name, secrets.Placeholder(b.Name))
	}
	return was, r.Digest()
}

// substitute replaces texts by others, wherever they stand alone.
func substitute(v any, by map[string]string) any {
	switch v := v.(type) {
	case object:
		for key, inner := range v {
			v[key] = substitute(inner, by)
		}
	case []any:
		for i, inner := range v {
			v[i] = substitute(inner, by)
		}
	case string:
		if is, ok := by[v]; ok {
			return is
		}
	}
	return v
}
