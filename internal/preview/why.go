package preview

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"crane/internal/revision"
)

// script are the inputs of a Worker's script.
type script struct {
	Name               string    `json:"name"`
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

// since has a line for each thing that is not as it was. called are the names of
// databases by their ids.
func (s script) since(old script, called map[string]string) []string {
	lines := changed("script", old.Name, s.Name)
	lines = append(lines, changed("code", old.code(), s.code())...)
	lines = append(lines, changed("compatibility", old.compatibility(), s.compatibility())...)
	lines = append(lines, bindings("var", plain(old), plain(s))...)
	lines = append(lines, bindings("database", databases(old, called), databases(s, called))...)
	lines = append(lines, bindings("service", services(old), services(s))...)
	lines = append(lines, bindings("secret", secrets(old), secrets(s))...)
	if len(lines) == 0 && old.Name != "" {
		return []string{"uploaded anew, for its revision alone"}
	}
	return lines
}

// code is a bundle as people compare it: the beginning of its digest, and its
// size.
func (s script) code() string {
	if s.Content == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(s.Content))
	return fmt.Sprintf("%.12s (%.1f KiB)", hex.EncodeToString(sum[:]), float64(len(s.Content))/1024)
}

func (s script) compatibility() string {
	return strings.TrimSpace(s.CompatibilityDate + " " + strings.Join(s.CompatibilityFlags, " "))
}

// plain are the variables, without those that crane adds.
func plain(s script) map[string]string {
	vars := map[string]string{}
	for _, b := range s.PlainTextBindings {
		if b.Name != revision.Binding && b.Name != revision.StackBinding {
			vars[b.Name] = fmt.Sprint(b.Text)
		}
	}
	return vars
}

func services(s script) map[string]string {
	to := map[string]string{}
	for _, b := range s.ServiceBindings {
		to[b.Name] = b.Service
	}
	return to
}

// databases are by binding. One that is made by the same update has no id yet,
// and no name here.
func databases(s script, called map[string]string) map[string]string {
	to := map[string]string{}
	for _, b := range s.D1DatabaseBindings {
		to[b.Name] = cmp.Or(called[b.DatabaseID], "a new database")
	}
	return to
}

// secrets have no values here.
func secrets(s script) map[string]string {
	names := map[string]string{}
	for _, b := range s.SecretTextBindings {
		names[b.Name] = ""
	}
	return names
}

// bindings compares two sets of one kind, in the order of their names.
func bindings(kind string, old, new map[string]string) []string {
	names := map[string]bool{}
	for _, m := range []map[string]string{old, new} {
		for name := range m {
			names[name] = true
		}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		was, had := old[name]
		is, has := new[name]
		what := kind + " " + code(name)
		switch {
		case had && has:
			lines = append(lines, changed(what, was, is)...)
		case has && is == "":
			lines = append(lines, what+" is new")
		case has:
			lines = append(lines, what+" is new: "+code(is))
		default:
			lines = append(lines, what+" is taken away")
		}
	}
	return lines
}

// changed is a line when two values differ. What was nothing before is said to be
// new by the Worker itself.
func changed(what, was, is string) []string {
	switch {
	case was == is:
		return nil
	case was == "":
		return []string{what + ": " + code(is)}
	case is == "":
		return []string{what + ": none, was " + code(was)}
	}
	return []string{what + ": " + code(was) + " → " + code(is)}
}

// longest is how much of a value is shown, in characters.
const longest = 80

// code is a value as Markdown's code, in one line and whatever is in it.
func code(text string) string {
	text = strings.NewReplacer("\n", `\n`, "\r", `\r`, "`", "'", "|", `\|`).Replace(text)
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return "`" + text + "`"
}
