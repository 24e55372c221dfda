package previewstate_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/previewstate"
	"crane/internal/redact"
	"crane/internal/revision"
	"crane/internal/secrets"
	"crane/stacks"
)

const (
	sig    = "4dabf18193072939515e22adb298388d"
	secret = "1b47061264138c4ac30d75fd1eb44270"
)

// hidden is a secret as `pulumi stack export --show-secrets` prints it.
func hidden(value any) map[string]any {
	text, _ := json.Marshal(value)
	return map[string]any{sig: secret, "plaintext": string(text)}
}

type object = map[string]any

// state is one Worker with a database, as Pulumi keeps it, with some secrets.
func state(values map[string]string) object {
	var in, out []any
	for name, value := range values {
		in = append(in, object{"name": name, "text": hidden(value)})
		out = append(out, object{"name": name, "text": value})
	}
	inputs := object{
		"name": "notes-staging", "content": "export default {}", "compatibilityDate": "2026-11-01", "compatibilityFlags": []any{},
		"plainTextBindings":  []any{object{"name": "CRANE_REVISION", "text": "r1"}, object{"name": "CRANE_STACK", "text": "staging"}, object{"name": "LIMIT", "text": "10"}},
		"secretTextBindings": in, "d1DatabaseBindings": []any{object{"name": "DB", "databaseId": "id-1"}},
		"serviceBindings": []any{object{"name": "API", "service": "api-staging"}},
	}
	outputs := object{"secretTextBindings": hidden(out), "id": "notes-staging"} // secret as a whole, as Cloudflare's provider has it
	return object{"version": 3, "deployment": object{
		"manifest": object{"time": "2026-11-23T10:00:00Z", "magic": "m", "version": "v3.200.0"}, "secrets_providers": object{"type": "passphrase"},
		"metadata": object{},
		"resources": []any{
			object{"urn": "urn:pulumi:staging::crane::pulumi:pulumi:Stack::crane-staging", "type": "pulumi:pulumi:Stack", "created": "2026-11-23T10:00:00Z",
				"outputs": object{"canary": hidden(stacks.Canary), "workers": object{"notes": object{"revision": "r1"}}}},
			object{"urn": "urn:pulumi:staging::crane::pulumi:providers:crane::crane", "type": "pulumi:providers:crane", "inputs": object{"apiToken": hidden("cf-token-value")}},
			object{"urn": "urn:pulumi:staging::crane::x$" + stacks.DatabaseType + "::notes-d1", "type": stacks.DatabaseType, "id": "id-1", "inputs": object{"name": "notes-db-staging"}},
			object{"urn": "urn:pulumi:staging::crane::x$" + stacks.ScriptType + "::notes-script", "type": stacks.ScriptType, "id": "notes-staging", "inputs": inputs, "outputs": outputs,
				"sourcePosition": "project:///infra/worker.go#1", "stackTrace": []any{object{"sourcePosition": "project:///../../home/me/x.go#1"}}},
			object{"urn": "urn:pulumi:staging::crane::x$crane:index:Smoke::notes-smoke", "type": "crane:index:Smoke", "inputs": object{"revision": "r1"}, "outputs": object{"revision": "r1"}},
		},
	}}
}

func text(t *testing.T, s object) []byte {
	t.Helper()
	out, err := json.Marshal(s)
	require.NoError(t, err)
	return out
}

func resourcesOf(t *testing.T, preview []byte) map[string]object {
	t.Helper()
	var file struct {
		Deployment struct{ Resources []object } `json:"deployment"`
	}
	require.NoError(t, json.Unmarshal(preview, &file))
	byName := map[string]object{}
	for _, r := range file.Deployment.Resources {
		urn := r["urn"].(string)
		byName[urn[strings.LastIndex(urn, ":")+1:]] = r
	}
	return byName
}

// plaintexts are the values of every secret that is left.
func plaintexts(v any) []string {
	var found []string
	switch v := v.(type) {
	case object:
		if v[sig] == secret {
			return []string{v["plaintext"].(string)}
		}
		for _, inner := range v {
			found = append(found, plaintexts(inner)...)
		}
	case []any:
		for _, inner := range v {
			found = append(found, plaintexts(inner)...)
		}
	}
	return found
}

func TestPlaceholdersStandForSecrets(t *testing.T) {
	t.Parallel()
	preview, err := previewstate.Of(text(t, state(map[string]string{"KEY": "value-of-the-key"})), &redact.Redactor{})
	require.NoError(t, err)
	by := resourcesOf(t, preview)
	require.Equal(t, []string{`"placeholder for KEY"`}, plaintexts(by["notes-script"]["inputs"]))
	require.Equal(t, []string{`[{"name":"KEY","text":"placeholder for KEY"}]`}, plaintexts(by["notes-script"]["outputs"]), "a list that is a secret stays a list")
	require.Equal(t, []string{`"` + previewstate.Token + `"`}, plaintexts(by["crane"]))
	require.Equal(t, []string{`"` + stacks.Canary + `"`}, plaintexts(by["crane-staging"]), "it is no secret, and the program has the same one in a preview")
	require.Len(t, previewstate.Token, 40)
	for _, gone := range []string{"secrets_providers", "sourcePosition", "stackTrace", "2026-11-23", "v3.200.0", `"created"`, "home/me"} {
		require.NotContains(t, string(preview), gone)
	}
}

func TestRevisionIsThatOfThePlaceholders(t *testing.T) {
	t.Parallel()
	preview, err := previewstate.Of(text(t, state(map[string]string{"KEY": "value-of-the-key"})), &redact.Redactor{})
	require.NoError(t, err)
	want := revision.Revision{
		// printf 'export default {}' | sha256sum
		Bundle: "9aeb8d59b4d483ca6298e9a450fbf37dfd2b4c63990135ab1d040d76314087ec", CompatibilityDate: "2026-11-01",
		Vars: map[string]string{"LIMIT": "10"}, Databases: map[string]string{"DB": "notes-db-staging"},
		Services: map[string]string{"API": "api-staging"},
		Secrets:  map[string]string{"KEY": secrets.Fingerprint(secrets.Placeholder(stacks.FingerprintKey), "KEY", secrets.Placeholder("KEY"))},
	}
	require.NotContains(t, string(preview), `"r1"`)
	smoke := resourcesOf(t, preview)["notes-smoke"]["inputs"].(object)["revision"]
	require.Equal(t, want.Digest(), smoke)
	require.Equal(t, 4, strings.Count(string(preview), want.Digest()), "the binding, the output, and both sides of the smoke test")
}

// TestTwentySecrets: no value is left in any form, whatever is in it.
func TestTwentySecrets(t *testing.T) {
	t.Parallel()
	values := map[string]string{}
	for i := range 20 {
		values[fmt.Sprintf("KEY_%02d", i)] = fmt.Sprintf("välue %d &<\"'>/+=%%\n-%x\\", i, 1<<i)
	}
	preview, err := previewstate.Of(text(t, state(values)), &redact.Redactor{})
	require.NoError(t, err)
	for name, value := range values {
		require.Contains(t, string(preview), "placeholder for "+name)
		for _, form := range redact.Forms(value) {
			require.NotContains(t, string(preview), form, name)
		}
	}
}

// TestSameStateSameText: what is published does not depend on when, nor on the
// order in which anything was made.
func TestSameStateSameText(t *testing.T) {
	t.Parallel()
	one, err := previewstate.Of(text(t, state(map[string]string{"KEY": "one value"})), &redact.Redactor{})
	require.NoError(t, err)
	other, err := previewstate.Of(text(t, state(map[string]string{"KEY": "another value"})), &redact.Redactor{})
	require.NoError(t, err)
	require.Equal(t, string(one), string(other))
}

// TestRefused: each of these would publish something, and nothing is returned.
func TestRefused(t *testing.T) {
	t.Parallel()
	script := func(s object) object {
		return s["deployment"].(object)["resources"].([]any)[3].(object)["inputs"].(object)
	}
	variable := func(name, value string) func(object) {
		return func(s object) {
			in := script(s)
			in["plainTextBindings"] = append(in["plainTextBindings"].([]any), object{"name": name, "text": value})
		}
	}
	code := func(text string) func(object) { return func(s object) { script(s)["content"] = text } }
	for name, test := range map[string]struct {
		change func(object)
		is     error
		want   string
	}{
		"a secret's value in a var":          {variable("GREETING", "hello value-of-the-key"), previewstate.ErrLeft, "notes-script.inputs.plainTextBindings[3].text is the value of the secret KEY, in one of its forms"},
		"its base64 in the code":             {code("atob('dmFsdWUtb2YtdGhlLWtleQ==')"), previewstate.ErrLeft, "notes-script.inputs.content is the value of the secret KEY"},
		"its hex in the code":                {code("76616c75652d6f662d7468652d6b6579"), previewstate.ErrLeft, "content is the value of the secret KEY"},
		"the token in a key":                 {func(s object) { script(s)["cf-token-value"] = "x" }, previewstate.ErrLeft, "has a key that is the value of the secret apiToken"},
		"one that only the process knows":    {code("fetched-from-infisical"), previewstate.ErrLeft, "content is a value that is secret here"},
		"a private key":                      {code("-----BEGIN RSA PRIVATE KEY-----\\nMII"), previewstate.ErrLeft, "content is a private key"},
		"a signed token":                     {variable("X", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln"), previewstate.ErrLeft, "is a signed token"},
		"ciphertext":                         {variable("X", "v1:EqOVPck0hUdkCujg:s34LlLQ9VX5W0uvzdGodmNrj"), previewstate.ErrLeft, "is one of Pulumi's ciphertexts"},
		"a key of AWS":                       {code("AKIAIOSFODNN7EXAMPLE"), previewstate.ErrLeft, "is a key of AWS"},
		"a token of GitHub":                  {code("ghp_" + strings.Repeat("a", 36)), previewstate.ErrLeft, "is a token of GitHub"},
		"a token of Cloudflare":              {code("cfut_" + strings.Repeat("a", 46)), previewstate.ErrLeft, "is a token of Cloudflare"},
		"a password in an address":           {variable("URL", "postgres://me:hunter2@db/x"), previewstate.ErrLeft, "is an address with a password"},
		"a name that says so":                {variable("STRIPE_API_KEY", "abcdefghijklmnopqrstuvwx"), previewstate.ErrLeft, "STRIPE_API_KEY is a plain text whose name says that it is a secret"},
		"a short password":                   {variable("DB_PASSWORD", "hunter2!x"), previewstate.ErrLeft, "DB_PASSWORD is a plain text whose name"},
		"a key for signing":                  {variable("SIGNING_KEY", "deadbeefdeadbeef"), previewstate.ErrLeft, "SIGNING_KEY is a plain text whose name"},
		"a token of GitLab":                  {code("glpat-abcdefghijklmnopqrst"), previewstate.ErrLeft, "is a token of GitLab"},
		"a secret's number":                  {func(s object) { script(s)["a"], script(s)["b"] = hidden(914827364), json.Number("914827364") }, previewstate.ErrLeft, "inputs.b is the value of the secret a"},
		"a secret that is text, as a number": {func(s object) { script(s)["a"], script(s)["b"] = hidden("914827364"), 914827364 }, previewstate.ErrLeft, "inputs.b is the value of the secret a"},
		"a secret inside of a secret": {func(s object) {
			script(s)["a"] = hidden([]any{hidden("the inner value")})
			script(s)["b"] = "has the inner value"
		}, previewstate.ErrLeft, "inputs.b is the value of the secret a"},
		"a secret of another form": {func(s object) { script(s)["a"] = hidden(object{"user": "me"}) }, previewstate.ErrState, "of a form that nobody here knows"},
		"encrypted": {func(s object) { script(s)["secretTextBindings"] = object{sig: secret, "ciphertext": "v1:a:b"} }, previewstate.ErrState,
			"notes-script is still encrypted"},
		"an update that did not end": {func(s object) { s["deployment"].(object)["pending_operations"] = []any{object{}} }, previewstate.ErrPending, "did not end"},
		"nothing in it":              {func(s object) { s["deployment"].(object)["resources"] = []any{} }, previewstate.ErrState, "no resources"},
	} {
		s := state(map[string]string{"KEY": "value-of-the-key"})
		test.change(s)
		known := &redact.Redactor{}
		known.Add("fetched-from-infisical")
		preview, err := previewstate.Of(text(t, s), known)
		require.ErrorIs(t, err, test.is, name)
		require.ErrorContains(t, err, test.want, name)
		require.ErrorContains(t, err, "nothing was written", name)
		require.Nil(t, preview, name)
		require.NotContains(t, err.Error(), "value-of-the-key", name)
		if test.is == previewstate.ErrLeft {
			require.Contains(t, hint.Of(err), "stacks/fleet.go", name)
		}
	}
	_, err := previewstate.Of([]byte("{"), &redact.Redactor{})
	require.ErrorIs(t, err, previewstate.ErrState)
}

// TestNotASecret: what only sounds like one is published.
func TestNotASecret(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"TOKEN_TTL_MINUTES": "240", "SECRET_NAME": "the name of a secret is no secret", "CALLBACK": "https://example.com/a@b", "VERSION": "v1:2", "TOKEN_ISSUER": "https://issuer.example.com/oidc",
	} {
		s := state(nil)
		in := s["deployment"].(object)["resources"].([]any)[3].(object)["inputs"].(object)
		in["plainTextBindings"] = append(in["plainTextBindings"].([]any), object{"name": name, "text": value})
		_, err := previewstate.Of(text(t, s), &redact.Redactor{})
		require.NoError(t, err, name)
	}
}
