package previewstate

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"crane/internal/hint"
	"crane/internal/redact"
)

// looks are the forms of credentials that tell what they are; the names are what
// messages say. Cloudflare's are at
// https://developers.cloudflare.com/fundamentals/api/get-started/token-formats,
// GitHub's at https://github.blog/engineering/behind-githubs-new-authentication-token-formats.
var looks = []struct {
	name string
	form *regexp.Regexp
}{
	{"a private key", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY`)},
	{"a signed token", regexp.MustCompile(`\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.`)},
	{"one of Pulumi's ciphertexts", regexp.MustCompile(`\bv1:[A-Za-z0-9+/=]{16}:[A-Za-z0-9+/=]{16,}`)},
	{"a key of AWS", regexp.MustCompile(`\b(AKIA|ASIA)[0-9A-Z]{16}\b`)},
	{"a token of GitHub", regexp.MustCompile(`\b(gh[pousr]_\w{36}|github_pat_\w{22})`)},
	{"a token of Cloudflare", regexp.MustCompile(`\bcf(k|ut|at)_\w{40}`)},
	{"a token of Pulumi", regexp.MustCompile(`\bpul-[0-9a-f]{40}\b`)},
	{"a token of npm", regexp.MustCompile(`\bnpm_\w{36}\b`)},
	{"a token of Slack", regexp.MustCompile(`\bxox[abprs]-\w{10,}`)},
	{"a key of Stripe", regexp.MustCompile(`\b[rs]k_live_\w{20,}`)},
	{"a key of an AI provider", regexp.MustCompile(`\bsk-(ant|proj)-[\w-]{20,}`)},
	{"an address with a password", regexp.MustCompile(`\b[a-z][a-z0-9+.-]*://[^\s/:@"'` + "`" + `$]*:[^\s/:@"'` + "`" + `$]+@`)},
}

// secretName is a variable that should have been declared as a secret, if its
// value could be one.
var (
	secretName  = regexp.MustCompile(`(?i)(secret|passw|token|api_?key|private_?key|credential)`)
	secretValue = regexp.MustCompile(`^[\w+/=.~-]{20,}$`)
)

// check looks at each text that is left. What it finds it names by its place.
func check(deployment object, known *redact.Redactor) error {
	for _, r := range resources(deployment) {
		urn, _ := r["urn"].(string)
		where, what := find(r, known)
		if what == "" {
			continue
		}
		name := urn[strings.LastIndex(urn, ":")+1:]
		err := fmt.Errorf("%w: %s%s is %s; nothing was written", ErrLeft, name, where, what)
		return hint.Wrap(err, "declare it as a secret of the Worker in stacks/fleet.go, and keep it out of the code")
	}
	return nil
}

// find is where below a value something is that must not be shown, and what.
func find(v any, known *redact.Redactor) (where, what string) {
	switch v := v.(type) {
	case object:
		return findIn(v, known)
	case []any:
		for i, inner := range v {
			if where, what := find(inner, known); what != "" {
				return "[" + strconv.Itoa(i) + "]" + where, what
			}
		}
	case string:
		return "", judged(v, known)
	}
	return "", ""
}

func findIn(o object, known *redact.Redactor) (where, what string) {
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if judged(key, known) != "" {
			return " has a key that", judged(key, known)
		}
		if where, what := find(o[key], known); what != "" {
			return "." + key + where, what
		}
	}
	name, _ := o["name"].(string)
	text, _ := o["text"].(string)
	if secretName.MatchString(name) && secretValue.MatchString(text) {
		return "." + name, "a plain text whose name says that it is a secret"
	}
	return "", ""
}

func judged(text string, known *redact.Redactor) string {
	if known.String(text) != text {
		return "the value of a secret, in one of its forms"
	}
	for _, l := range looks {
		if l.form.MatchString(text) {
			return l.name
		}
	}
	return ""
}
