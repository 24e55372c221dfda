package previewstate

import (
	"encoding/json"
	"slices"

	"crane/internal/secrets"
	"crane/stacks"
)

// opener replaces what is inside of secrets and remembers it.
type opener struct {
	values []string
	locked string // a resource with a secret that could not be seen
}

func (o *opener) open(r object) {
	for _, side := range []string{"inputs", "outputs"} {
		if !o.shown(r[side], "", "") {
			o.locked, _ = r["urn"].(string)
		}
	}
}

// shown walks what is no secret, up to the secrets in it. key is what a value is
// called, name what stands beside it as its name: {"name": "KEY", "text": …} is a
// binding. It reports whether every secret could be seen.
func (o *opener) shown(v any, key, name string) bool {
	all := true
	switch v := v.(type) {
	case object:
		if v[signature] == secret {
			return o.replace(v, key, name)
		}
		name, _ := v["name"].(string)
		for k, inner := range v {
			all = o.shown(inner, k, name) && all
		}
	case []any:
		for _, inner := range v {
			all = o.shown(inner, key, name) && all
		}
	}
	return all
}

// replace puts placeholders into a secret. Whatever is no text keeps its form: a
// list that is a secret as a whole must stay a list, or it could not be compared.
func (o *opener) replace(envelope object, key, name string) bool {
	text, ok := envelope["plaintext"].(string)
	var value any
	if !ok || json.Unmarshal([]byte(text), &value) != nil {
		return false
	}
	value = o.hidden(value, key, name)
	out, err := json.Marshal(value)
	envelope["plaintext"] = string(out)
	return err == nil
}

func (o *opener) hidden(v any, key, name string) any {
	switch v := v.(type) {
	case object:
		beside, _ := v["name"].(string)
		_, binding := v["text"]
		for k, inner := range v {
			if k != signature && (k != "name" || !binding) { // the name of a binding is no secret
				v[k] = o.hidden(inner, k, beside)
			}
		}
	case []any:
		for i, inner := range v {
			v[i] = o.hidden(inner, key, name)
		}
	case string:
		return o.text(v, key, name)
	case float64:
		return 0
	}
	return v
}

func (o *opener) text(v, key, name string) string {
	if v == "" || slices.Contains(public, v) {
		return v
	}
	o.values = append(o.values, v)
	switch {
	case key == "text" && name != "":
		return secrets.Placeholder(name)
	case key == "apiToken":
		return Token
	}
	return "placeholder"
}

// public are texts that are kept as secrets, but are none.
var public = []string{stacks.Canary, Token}
