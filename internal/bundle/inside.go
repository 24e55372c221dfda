package bundle

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"crane/internal/hint"
)

// leaves reports whether any file of the bundle lies outside the project.
func (b *Bundle) leaves() bool {
	return slices.ContainsFunc(b.Inputs, func(in Input) bool { return !filepath.IsLocal(in.Path) })
}

// stays refuses a bundle with a file that another checkout of the same source
// would not have: one above the project, or one that a link leads to, except in
// a node_modules, whose content the lock file decides.
func (b *Bundle) stays(root string) error {
	for _, in := range b.Inputs {
		if strings.HasPrefix(in.Path, requireNamespace+":") {
			continue
		}
		if !filepath.IsLocal(in.Path) || !stays(root, in.Path) {
			return hint.Wrap(fmt.Errorf("%w: the bundle would have %s", ErrOutside, in.Path),
				"run npm ci in workers, or move the file into the project")
		}
	}
	return nil
}

func stays(root, path string) bool {
	real, err := filepath.EvalSymlinks(filepath.Join(root, path))
	if err != nil {
		return false
	}
	return isUnder(root, real) || slices.Contains(strings.Split(filepath.ToSlash(real), "/"), "node_modules")
}
