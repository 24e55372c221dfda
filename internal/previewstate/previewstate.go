// Package previewstate makes, of a stack's state, one that may be shown to
// everybody, and from which Pulumi previews the same changes: without a
// passphrase, without Cloudflare and without Infisical.
//
// Every text inside a secret is replaced by a placeholder, the same one that the
// Pulumi program takes when its source of secrets is placeholder, and every
// revision, which the secrets are part of, by the one that these placeholders
// make. What says where and when something was made is left out.
package previewstate

import (
	"bytes"
	"encoding/json"
	"fmt"

	"crane/internal/redact"
)

// Token stands for Cloudflare's API token. It has the form that Cloudflare's
// provider demands of one, 40 letters, digits and hyphens, and opens nothing.
const Token = "preview-token-which-opens-nothing-at-all"

// signature is the key of what is special in a state, and secret its value for a
// secret, see sdk/go/common/resource/sig of github.com/pulumi/pulumi.
const (
	signature = "4dabf18193072939515e22adb298388d"
	secret    = "1b47061264138c4ac30d75fd1eb44270"
)

// object is one of JSON's, kept whole: what is not known here stays as it is.
type object = map[string]any

// Of makes the preview state of what `pulumi stack export --show-secrets` has
// printed. It refuses with ErrLeft when one of the secrets in it, or one that the
// redactor knows, would still be in it in any form, or anything that looks
// like one.
func Of(export []byte, known *redact.Redactor) ([]byte, error) {
	file, err := parse(export)
	if err != nil {
		return nil, err
	}
	deployment := file["deployment"].(object)
	strip(deployment)
	o := &opener{}
	for _, r := range resources(deployment) {
		o.open(r)
	}
	if o.locked != "" {
		return nil, fmt.Errorf("%w: %s is still encrypted, or of a form that nobody here knows; nothing was written", ErrState, o.locked)
	}
	rename(deployment)
	if err := check(deployment, suspects(o.opened, known)); err != nil {
		return nil, err
	}
	return encode(file)
}

func parse(export []byte) (object, error) {
	var file object
	d := json.NewDecoder(bytes.NewReader(export))
	d.UseNumber()
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("%w: %w; nothing was written", ErrState, err)
	}
	deployment, ok := file["deployment"].(object)
	if !ok || len(resources(deployment)) == 0 {
		return nil, fmt.Errorf("%w: there are no resources in it; nothing was written", ErrState)
	}
	if pending, _ := deployment["pending_operations"].([]any); len(pending) > 0 {
		return nil, fmt.Errorf("%w; nothing was written", ErrPending)
	}
	return file, nil
}

// resources are those that are resources; a state that holds anything else is
// refused by Pulumi.
func resources(deployment object) []object {
	list, _ := deployment["resources"].([]any)
	var out []object
	for _, item := range list {
		if r, ok := item.(object); ok {
			out = append(out, r)
		}
	}
	return out
}

// strip leaves out what says where and when something was made, and how it was
// encrypted.
func strip(deployment object) {
	delete(deployment, "secrets_providers")
	deployment["manifest"] = object{"time": "0001-01-01T00:00:00Z", "magic": "", "version": ""}
	for _, r := range resources(deployment) {
		for _, key := range []string{"created", "modified", "sourcePosition", "stackTrace"} {
			delete(r, key)
		}
	}
}

func encode(file object) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(file)
	return out.Bytes(), err
}
