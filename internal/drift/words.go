package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"crane/stacks"
)

// secretsProperty is the secrets' name in a script's properties.
const secretsProperty = "secretTextBindings"

// nouns are what the bindings of a script are called here, by property.
var nouns = map[string]string{
	"d1DatabaseBindings": "database", "plainTextBindings": "var", secretsProperty: "secret", "serviceBindings": "service",
}

// changes says what is different about a resource.
func changes(all preview, s step) string {
	var said []string
	switch s.kind() {
	case stacks.ScriptType:
		for _, property := range sorted(s.DiffReasons) {
			said = append(said, bindings(property, s.OldState.Outputs[property], s.NewState.Outputs[property])...)
		}
	case cronsType:
		said = listed("cron", texts(s.OldState.Outputs["schedules"]), texts(s.NewState.Outputs["schedules"]))
	case migrationsType:
		if s.ledgerLost(all) {
			return lostLedger
		}
		if said = ledger(s); len(said) == 0 {
			said = byHand(s)
		}
	case smokeType:
		text, _ := all.said(s.URN, "warning")
		said = append(said, cmp.Or(firstLine(text), unverified(s)))
	}
	if len(said) == 0 || said[0] == "" {
		said = sorted(s.DiffReasons)
	}
	return strings.Join(said, ", ")
}

// unverified is for a Worker that answers as deployed again, while a refresh
// that found otherwise has noted that it is not verified.
func unverified(s step) string {
	if slices.Equal(s.DiffReasons, []string{"verifiedAt"}) {
		return "not verified since the last refresh"
	}
	return ""
}

// bindings compares bindings by name; whatever else has changed is named only.
// The text of a binding is compared and never said: it may be secret.
func bindings(property string, old, now any) []string {
	noun, ok := nouns[property]
	before, after := named(old), named(now)
	if !ok || before == nil || after == nil {
		return []string{property}
	}
	said := listed(noun, keys(before), keys(after))
	for _, name := range keys(before) {
		if text, there := after[name]; there && text != before[name] {
			said = append(said, noun+" "+name+" changed")
		}
	}
	return said
}

// listed says which names went away and which came.
func listed(noun string, before, after []string) []string {
	var said []string
	for _, name := range before {
		if !slices.Contains(after, name) {
			said = append(said, fmt.Sprintf("%s %s gone", noun, name))
		}
	}
	for _, name := range after {
		if !slices.Contains(before, name) {
			said = append(said, fmt.Sprintf("%s %s added", noun, name))
		}
	}
	return said
}
