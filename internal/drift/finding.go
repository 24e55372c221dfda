package drift

import (
	"strings"

	"crane/stacks"
)

// finding says what became of a resource, if anything did.
func (p Project) finding(all preview, s step) (Finding, bool) {
	f := Finding{Resource: s.name(), Type: s.kind(), URN: s.URN, Properties: []string{}}
	failure, _ := all.said(s.URN, "error")
	switch {
	case s.lost(failure):
		f.Kind, f.Detail = Gone, "the database is gone, and its data with it"
	case failure != "":
		f.Kind, f.Detail = Unread, "could not be read: "+strings.Join(strings.Fields(failure), " ")
	case s.Op == "delete":
		f.Kind, f.Detail = Gone, absence(all, s)
	case s.Op == "update":
		f.Kind, f.Properties, f.Detail = Changed, sorted(s.DiffReasons), changes(all, s)
	default:
		return f, false
	}
	return f, true
}

// absence says why a resource is gone.
func absence(all preview, s step) string {
	switch {
	case s.kind() == migrationsType:
		return "gone with its database"
	case s.kind() == stacks.ScriptType:
		return "the script is gone"
	case all.gone(s.owner(), stacks.ScriptType):
		return "gone with its script"
	case s.kind() == routeType:
		return "the route was turned off"
	}
	return "gone"
}

// gone reports whether an owner's resource of a type was found gone.
func (p preview) gone(owner, kind string) bool {
	for _, s := range p.Steps {
		if s.owner() == owner && s.kind() == kind && s.Op == "delete" {
			return true
		}
	}
	return false
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
