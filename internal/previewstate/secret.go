package previewstate

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"crane/internal/secrets"
	"crane/stacks"
)

// opener replaces what is inside of secrets and remembers it.
type opener struct {
	opened []opened
	locked string // a resource with a secret that could not be seen
}

// opened is a value that was in a secret, and what that is called.
type opened struct{ name, value string }

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
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var value any
	if !ok || d.Decode(&value) != nil {
		return false
	}
	value, ok = o.hidden(value, key, name)
	out, err := json.Marshal(value)
	envelope["plaintext"] = string(out)
	return ok && err == nil
}

// hidden is a value without what is secret in it. It reports whether every part
// has a form that is known: of another object than a binding, the keys could be
// secret too.
func (o *opener) hidden(v any, key, name string) (any, bool) {
	switch v := v.(type) {
	case object:
		return v, o.hiddenIn(v, key, name)
	case []any:
		all := true
		for i := range v {
			var ok bool
			v[i], ok = o.hidden(v[i], key, name)
			all = all && ok
		}
		return v, all
	case string:
		return o.text(v, key, name), true
	case json.Number:
		o.opened = append(o.opened, opened{called(key, name), v.String()})
		return 0, true
	}
	return v, true // true, false and nothing say too little to be secret
}

func (o *opener) hiddenIn(v object, key, name string) bool {
	if v[signature] == secret {
		return o.replace(v, key, name)
	}
	beside, named := v["name"].(string)
	if _, binding := v["text"]; !binding || !named || len(v) != 2 {
		return false
	}
	var ok bool
	v["text"], ok = o.hidden(v["text"], "text", beside)
	return ok
}

func (o *opener) text(v, key, name string) string {
	if v == "" || slices.Contains(public, v) {
		return v
	}
	o.opened = append(o.opened, opened{called(key, name), v})
	switch {
	case key == "text" && name != "":
		return secrets.Placeholder(name)
	case key == "apiToken":
		return Token
	}
	return "placeholder"
}

// called is a secret in a message: a binding by its name, else by its key.
func called(key, name string) string {
	if key == "text" {
		return cmp.Or(name, key)
	}
	return key
}

// public are texts that are kept as secrets, but are none.
var public = []string{stacks.Canary, Token}
