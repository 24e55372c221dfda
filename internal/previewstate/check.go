package previewstate

import (
	"encoding/json"
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
	{"a token of GitLab", regexp.MustCompile(`\bglpat-[\w-]{20,}`)},
	{"a key of Google", regexp.MustCompile(`\bAIza[\w-]{35}`)},
	{"a key of an AI provider", regexp.MustCompile(`\b(sk-[A-Za-z0-9][\w-]{20,}|hf_[A-Za-z0-9]{30,})`)},
	{"an address with a password", regexp.MustCompile(`\b[a-z][a-z0-9+.-]*://[^\s/:@"'` + "`" + `$]*:[^\s/:@"'` + "`" + `$]+@`)},
}

// secretName is a variable that should have been declared as a secret, if its
// value could be one: eight characters and more in one word, but for an address.
var (
	secretName  = regexp.MustCompile(`(?i)(secret|passw|_pass$|_pwd$|token|(api|private|signing|access)_?key|credential)`)
	secretValue = regexp.MustCompile(`^\S{8,}$`)
	address     = regexp.MustCompile(`^https?://[^@\s]+$`)
)

// suspect is one secret, and what recognizes its value in each of its forms.
type suspect struct {
	name string
	*redact.Redactor
}

// suspects are the secrets of the state, and last all that the process knows.
func suspects(all []opened, known *redact.Redactor) []suspect {
	var out []suspect
	for _, o := range all {
		r := &redact.Redactor{}
		r.Add(o.value)
		out = append(out, suspect{"the value of the secret " + o.name, r})
	}
	return append(out, suspect{"a value that is secret here", known})
}

// check looks at each text that is left. What it finds it names by its place.
func check(deployment object, known []suspect) error {
	for _, r := range resources(deployment) {
		urn, _ := r["urn"].(string)
		where, what := find(r, known)
		if what == "" {
			continue
		}
		name := urn[strings.LastIndex(urn, ":")+1:]
		err := fmt.Errorf("%w: %s%s is %s; nothing was written", ErrLeft, name, where, what)
		return hint.Wrap(err, "declare it as a secret in stacks/fleet.go and keep it out of code and variables; a secret whose value is an ordinary word needs a longer one")
	}
	return nil
}

// find is where below a value something is that must not be shown, and what.
func find(v any, known []suspect) (where, what string) {
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
	case json.Number:
		return "", judged(v.String(), known)
	}
	return "", ""
}

func findIn(o object, known []suspect) (where, what string) {
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
	if secretName.MatchString(name) && secretValue.MatchString(text) && !address.MatchString(text) {
		return "." + name, "a plain text whose name says that it is a secret"
	}
	return "", ""
}

func judged(text string, known []suspect) string {
	for _, s := range known {
		if s.String(text) != text {
			return s.name + ", in one of its forms"
		}
	}
	for _, l := range looks {
		if l.form.MatchString(text) {
			return l.name
		}
	}
	return ""
}
