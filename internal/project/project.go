// Package project finds the project on disk and reads what its stack files say.
package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"crane/internal/hint"
)

// The errors of this package.
var (
	// ErrNotFound means that no folder above the current one holds this project.
	ErrNotFound = errors.New("no crane project here")
	// ErrNoStackFile means that a stack has no Pulumi.<stack>.yaml.
	ErrNoStackFile = errors.New("the stack has no configuration")
	// ErrMalformed means that a stack file is not what it should be.
	ErrMalformed = errors.New("malformed stack file")
)

// Root finds the project that a folder is part of: the nearest folder upwards
// that holds a Pulumi.yaml and a folder stacks.
func Root(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if exists(filepath.Join(at, "Pulumi.yaml")) && exists(filepath.Join(at, "stacks")) {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", hint.Wrap(fmt.Errorf("%w: neither %s nor a folder above it has a Pulumi.yaml",
				ErrNotFound, dir), "change into the repository first")
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// Layout is where everything that is not committed lives, under the
// project's root.
type Layout struct{ Root string }

// Hidden joins path elements under .crane, which git ignores.
func (l Layout) Hidden(elem ...string) string {
	return filepath.Join(append([]string{l.Root, ".crane"}, elem...)...)
}

// Bin holds the tools that are built here.
func (l Layout) Bin() string { return l.Hidden("bin") }

// Build holds what make builds from this repository. Only crane is linked from
// the folder of tools.
func (l Layout) Build() string { return l.Hidden("build") }

// Local holds the state of the local Cloudflare.
func (l Layout) Local() string { return l.Hidden("local") }

// PulumiHome is the project's own Pulumi home, so that neither its plugins nor
// its logins mix with anybody else's.
func (l Layout) PulumiHome() string { return l.Hidden("pulumi") }

// Workers holds the Workers and their npm packages.
func (l Layout) Workers() string { return filepath.Join(l.Root, "workers") }

// StackFile is the configuration of a stack.
func (l Layout) StackFile(stack string) string {
	return filepath.Join(l.Root, "Pulumi."+stack+".yaml")
}
