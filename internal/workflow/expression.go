package workflow

import (
	"regexp"
	"slices"
	"strings"
)

// simple is the only form of expression outside of if: what is there, or else
// what is there. It has no function, no operator and no index, so that what it
// gives away can be read off it.
var simple = regexp.MustCompile(`\$\{\{ ([a-z]+(?:\.\w+)+(?: \|\| [a-z]+(?:\.\w+)+)*) \}\}`)

// paths are what a text's expressions name, and whether all of them are simple.
func paths(text string) (all []string, ok bool) {
	for _, found := range simple.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.Split(found[1], " || ")...)
	}
	return all, !strings.Contains(simple.ReplaceAllString(text, ""), "${{")
}

// Expand gives the variables of a step their values, as GitHub would. The
// contexts are by their whole path, as in secrets.TOKEN; one that is not there is
// ErrExpression, because a test that forgot it would show nothing. Of ${{ a || b }}
// both have to be there; the first that is not empty counts.
func Expand(env map[string]string, contexts map[string]string) (map[string]string, error) {
	out := map[string]string{}
	for name, text := range env {
		value, err := expand(text, contexts)
		if err != nil {
			return nil, err
		}
		out[name] = value
	}
	return out, nil
}

func expand(text string, contexts map[string]string) (string, error) {
	named, ok := paths(text)
	if !ok {
		return "", misunderstood(text, "it is not simple")
	}
	for _, path := range named {
		if _, ok := contexts[path]; !ok {
			return "", misunderstood(text, path+" was not given")
		}
	}
	return simple.ReplaceAllStringFunc(text, func(expression string) string {
		choices, _ := paths(expression)
		i := slices.IndexFunc(choices, func(path string) bool { return contexts[path] != "" })
		return contexts[choices[max(i, 0)]]
	}), nil
}
