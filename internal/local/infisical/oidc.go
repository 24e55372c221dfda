package infisical

import (
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

// OIDC is what a token of the issuer has to say for a login. Signature, issuer
// and times are looked at always, the rest only where something is bound, and
// nobody remembers tokens: so does github.com/Infisical/infisical,
// backend/src/services/identity-oidc-auth. What is bound is a value, or a pattern
// as path.Match has them, in which * stands for anything but a slash; of the
// real server's picomatch there are no **, braces and negations.
type OIDC struct {
	// Subject is bound to sub; empty is any.
	Subject string
	// Audiences are bound to aud, of which one has to be in this list, separated
	// by a comma and a space; empty is any.
	Audiences string
	// Claims are bound to claims of a name, or of a path with dots, each to a
	// list such as Audiences. A token without one of them is refused.
	Claims map[string]string
}

// denial is why a login is refused, as the real server answers it.
type denial struct {
	status        int
	kind, message string
}

func unauthorized(format string, args ...any) *denial {
	return &denial{http.StatusUnauthorized, "UnauthorizedError", fmt.Sprintf(format, args...)}
}

// admit decides on a token whose signature, issuer and times are right.
func (o OIDC) admit(token map[string]any) *denial {
	if o.Subject != "" && !matches(token["sub"], o.Subject) {
		return &denial{http.StatusForbidden, "ForbiddenError", "Access denied: OIDC subject not allowed."}
	}
	if o.Audiences != "" && !matchesAny(token["aud"], o.Audiences) {
		return unauthorized("Access denied: OIDC audience not allowed.")
	}
	for _, name := range slices.Sorted(maps.Keys(o.Claims)) {
		value := at(token, name)
		if empty(value) {
			return unauthorized("Access denied: token has no %s field", name)
		}
		if !matchesAny(value, o.Claims[name]) {
			return unauthorized("Access denied: OIDC claim not allowed.")
		}
	}
	return nil
}

// at finds a claim by its path.
func at(token map[string]any, name string) any {
	var value any = token
	for _, part := range strings.Split(name, ".") {
		inside, _ := value.(map[string]any)
		value = inside[part]
	}
	return value
}

// empty reports whether a claim is one that JavaScript takes for false.
func empty(value any) bool {
	return value == nil || value == "" || value == false || value == float64(0)
}

func matchesAny(value any, list string) bool {
	return slices.ContainsFunc(strings.Split(list, ", "), func(each string) bool { return matches(value, each) })
}

// matches compares a claim with one bound value. Of a list one text has to match;
// an object never does.
func matches(value any, bound string) bool {
	switch v := value.(type) {
	case string:
		return matchesText(v, bound)
	case bool:
		return v == (bound == "true")
	case float64:
		n, err := strconv.Atoi(bound)
		return err == nil && v == float64(n)
	case []any:
		return slices.ContainsFunc(v, func(each any) bool {
			text, ok := each.(string)
			return ok && matchesText(text, bound)
		})
	}
	return false
}

func matchesText(text, bound string) bool {
	matched, err := path.Match(bound, text)
	return text == bound || err == nil && matched
}
