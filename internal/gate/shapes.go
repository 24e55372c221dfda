package gate

import (
	"regexp"
	"strings"
)

// field is one text of a declared gate.
type field struct {
	name, value string
	// shape is what the value has to look like, and words say so.
	shape *regexp.Regexp
	words string
}

// The shapes. All of them begin and end where the text does, and none of them has
// a character that means more than itself in a pattern, but for the full stop.
var (
	repository  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+$`)
	digits      = regexp.MustCompile(`^[1-9][0-9]{0,18}$`)
	branch      = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$`)
	file        = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*\.ya?ml$`)
	event       = regexp.MustCompile(`^[a-z_]+$`)
	environment = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)
	runner      = regexp.MustCompile(`^[a-z][a-z-]*$`)
)

// patterns are the characters by which a value would let in more than itself.
const patterns = `*?+^$|\()[]{}`

// fields are the texts of a gate but for the issuer, as they are declared.
func (d *draft) fields() []field {
	const aFile = "a file in .github/workflows, such as promote.yml"
	const anEvent = "small letters and underscores, such as workflow_dispatch"
	const anEnvironment = "letters, digits, dots, hyphens and underscores"
	return []field{
		{"Repository", d.Repository, repository, "owner/name"},
		{"RepositoryID", d.RepositoryID, digits, "a number, as gh api repos/<owner>/<name> shows it"},
		{"OwnerID", d.OwnerID, digits, "a number, as gh api repos/<owner>/<name> shows it"},
		{"Branch", d.Branch, branch, "a branch's name, such as main"},
		{"Promote.File", d.Promote.File, file, aFile},
		{"Promote.Event", d.Promote.Event, event, anEvent},
		{"Promote.Environment", d.Promote.Environment, environment, anEnvironment},
		{"Deploy.File", d.Deploy.File, file, aFile},
		{"Deploy.Event", d.Deploy.Event, event, anEvent},
		{"Deploy.Environment", d.Deploy.Environment, environment, anEnvironment},
		{"Runner", d.Runner, runner, "small letters and hyphens, such as github-hosted"},
	}
}

// shapes finds the values that no token could have, or more than one could.
func (d *draft) shapes() {
	for _, f := range d.fields() {
		switch i := strings.IndexAny(f.value, patterns); {
		case f.value == "":
		case i >= 0:
			d.add("%s is %s, and %q has no place in it: a gate says exactly whom it lets in", f.name, shown(f.value), f.value[i])
		case f.name == "Branch" && strings.HasPrefix(f.value, "refs/"):
			d.add("Branch is %s, and has to be the branch's name alone, without refs/heads/", shown(f.value))
		case !f.shape.MatchString(f.value):
			d.add("%s is %s, and has to be %s", f.name, shown(f.value), f.words)
		}
	}
}
