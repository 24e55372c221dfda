package bundle

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"crane/internal/hint"
)

// problems turns esbuild's messages into one error, with the first hint there is.
func problems(root string, messages []api.Message) error {
	var errs []error
	next := ""
	for _, m := range messages {
		p := problem(root, m)
		if next == "" {
			next = p.Next
		}
		errs = append(errs, p)
	}
	if next == "" {
		return errors.Join(errs...)
	}
	return hint.Wrap(errors.Join(errs...), next)
}

func problem(root string, m api.Message) *Problem {
	p := &Problem{Kind: ErrSyntax, Text: m.Text}
	if m.Location != nil {
		p.File, p.Line, p.Column = m.Location.File, m.Location.Line, m.Location.Column+1
	}
	if refused, ok := m.Detail.(*Problem); ok {
		p.Kind, p.Next = refused.Kind, refused.Next
	} else if found := unresolved.FindStringSubmatch(m.Text); found != nil {
		p.Kind, p.Text = ErrUnresolved, "cannot resolve "+found[1]
		p.Next = advice(root, p.File, strings.Trim(found[1], `"`))
	} else if found := noLoader.FindStringSubmatch(m.Text); found != nil {
		p.Kind, p.Text, p.Next = ErrModuleType, "cannot import "+path.Base(found[2])+oneModule(found[1]), importable
	}
	return p
}

// unresolved is how esbuild says that an import leads nowhere.
var unresolved = regexp.MustCompile(`^Could not resolve ("[^"]*")`)

// noLoader is how esbuild says that it does not know a kind of file.
var noLoader = regexp.MustCompile(`^No loader is configured for "([^"]*)" files: (.*)$`)

// advice says what an import that leads nowhere needs, where that is known.
func advice(root, file, specifier string) string {
	pkg := packageName.FindString(specifier)
	if pkg == "" || installed(root, file, pkg) {
		return ""
	}
	if nodeModules.MatchString(specifier) {
		return `write "node:` + specifier + `" and add "nodejs_compat" to the Worker's CompatibilityFlags in stacks/fleet.go`
	}
	dir, lock := lockFile(root, file)
	if strings.Contains(lock, `"node_modules/`+pkg+`"`) {
		return "run npm ci in " + dir
	}
	return "run npm install " + pkg + " in " + dir
}

// packageName is the package of a bare import: hono, or @scope/name.
var packageName = regexp.MustCompile(`^(@[^/]+/)?[a-zA-Z0-9][^/:]*`)

// installed reports whether any node_modules that the file sees has the package.
func installed(root, file, pkg string) bool {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if _, err := os.Stat(filepath.Join(root, dir, "node_modules", pkg)); err == nil {
			return true
		}
		if dir == "." || dir == "/" {
			return false
		}
	}
}

// lockFile finds the folder whose lock file holds for a file, and its text.
func lockFile(root, file string) (dir, text string) {
	for dir = path.Dir(file); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if text, err := os.ReadFile(filepath.Join(root, dir, "package-lock.json")); err == nil {
			return dir, string(text)
		}
	}
	return "workers", ""
}
