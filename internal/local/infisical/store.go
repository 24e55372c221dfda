package infisical

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/gofrs/flock"

	"crane/internal/hint"
	"crane/internal/local/atomicfile"
	"crane/stacks"
)

// FileName is the store's file, in the folder it is opened in.
const FileName = "infisical.json"

// namePattern is what a secret's name may be: it becomes a binding's name.
var namePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Store is the file of secrets. It holds nothing in memory, so that a server
// and a command line may use it at the same time.
type Store struct{ dir string }

// contents maps project, environment, path and name to a value.
type contents map[string]map[string]map[string]map[string]string

// Open opens the store of a folder. When there is none yet it is created, mode
// 0600, with random values for every secret of the fleet on every stack;
// afterwards it is changed by Set only. Whatever the file holds is kept.
func Open(dir string, fleet stacks.Fleet) (*Store, error) {
	s := &Store{dir: dir}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	err := s.locked(func() error {
		all, err := s.read()
		if errors.Is(err, fs.ErrNotExist) {
			return s.write(seed(fleet))
		}
		if err == nil && all.deployable() { // a store of before there was such a folder
			return s.write(all)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Names are the names of a scope's secrets, sorted; ErrNotFound without a scope.
func (s *Store) Names(scope stacks.Scope) ([]string, error) {
	values, err := s.scope(scope)
	return slices.Sorted(maps.Keys(values)), err
}

// Get is one value; ErrNotFound when there is none.
func (s *Store) Get(scope stacks.Scope, name string) (string, error) {
	values, err := s.scope(scope)
	if err != nil {
		return "", err
	}
	value, ok := values[name]
	if !ok {
		return "", fmt.Errorf("%w: secret %s in %s", ErrNotFound, name, scope)
	}
	return value, nil
}

// Set writes one value; environment and path come to be if they are new. A
// running server answers with it from the next request on.
func (s *Store) Set(scope stacks.Scope, name, value string) error {
	if !namePattern.MatchString(name) {
		return fmt.Errorf("%w: the name %q is not letters, digits and underscores; nothing was changed", ErrName, name)
	}
	if value == "" {
		return fmt.Errorf("%w: the value of %s is empty; nothing was changed", ErrName, name)
	}
	return s.locked(func() error {
		all, err := s.read()
		if err != nil {
			return err
		}
		all.set(scope, name, value)
		return s.write(all)
	})
}

func (s *Store) scope(scope stacks.Scope) (map[string]string, error) {
	all, err := s.read()
	if err != nil {
		return nil, err
	}
	values, ok := all[Project][scope.Environment][scope.Path]
	if !ok {
		return nil, fmt.Errorf("%w: path %s in environment %s", ErrNotFound, scope.Path, scope.Environment)
	}
	return values, nil
}

func (s *Store) path() string { return filepath.Join(s.dir, FileName) }

func (s *Store) read() (contents, error) {
	text, err := os.ReadFile(s.path())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	var all contents
	if json.Unmarshal(text, &all) != nil {
		// The parser's own message may quote the file, which is secret.
		return nil, hint.Wrap(fmt.Errorf("%w: %s is not valid JSON; it was left as it is", ErrStore, s.path()),
			"mend the file, or delete it to start with new random values")
	}
	return all, nil
}

// write replaces the file whole: a reader sees the old one or the new one, and
// so does the next start after a crash.
func (s *Store) write(all contents) error {
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	if err := atomicfile.Write(s.path(), append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("%w: %w; nothing was changed", ErrStore, err)
	}
	return nil
}

// locked keeps two writers, in one process or in two, from losing a value.
func (s *Store) locked(do func() error) error {
	lock := flock.New(filepath.Join(s.dir, "infisical.lock"))
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	defer lock.Unlock()
	return do()
}

func (c contents) set(scope stacks.Scope, name, value string) {
	if c[Project] == nil {
		c[Project] = map[string]map[string]map[string]string{}
	}
	if c[Project][scope.Environment] == nil {
		c[Project][scope.Environment] = map[string]map[string]string{}
	}
	if c[Project][scope.Environment][scope.Path] == nil {
		c[Project][scope.Environment][scope.Path] = map[string]string{}
	}
	c[Project][scope.Environment][scope.Path][name] = value
}
