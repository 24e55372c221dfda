package wrangler

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"crane/internal/hint"
	"crane/stacks"
)

// Write brings every Worker's wrangler.jsonc up to date under the project's
// root and says which files it changed. A generated file whose Worker is gone
// is removed. A configuration that somebody else wrote, anywhere where wrangler
// would find it, is refused with ErrStray before anything is written.
func Write(root string, fleet stacks.Fleet, accountID string) (changed []string, err error) {
	p, err := look(root, fleet, accountID)
	if err != nil {
		return nil, err
	}
	if len(p.stray) > 0 {
		err := fmt.Errorf("%w: %s; nothing was written", ErrStray, strings.Join(p.stray, ", "))
		return nil, hint.Wrap(err, "delete it: wrangler could prefer it to the generated one")
	}
	for _, file := range p.orphans {
		if err := os.Remove(filepath.Join(root, file)); err != nil {
			return changed, err
		}
		changed = append(changed, file)
	}
	for _, file := range p.outdated {
		target := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return changed, err
		}
		if err := os.WriteFile(target, p.wanted[file], 0o644); err != nil {
			return changed, err
		}
		changed = append(changed, file)
	}
	return changed, nil
}

// Stale lists the files that Write would change, remove or refuse, from the
// project's root and sorted; none means that all is as it should be.
func Stale(root string, fleet stacks.Fleet, accountID string) ([]string, error) {
	p, err := look(root, fleet, accountID)
	if err != nil {
		return nil, err
	}
	stale := slices.Concat(p.outdated, p.orphans, p.stray)
	slices.Sort(stale)
	return stale, nil
}

// plan is how the files that there are differ from those that there should be.
type plan struct {
	wanted                   map[string][]byte
	outdated, orphans, stray []string
}

func look(root string, fleet stacks.Fleet, accountID string) (plan, error) {
	p := plan{wanted: map[string][]byte{}}
	for _, w := range fleet.Workers {
		text, err := Config(fleet, stacks.Staging, accountID, w.Name)
		if err != nil {
			return p, err
		}
		p.wanted[File(w.Name)] = text
		there, err := os.ReadFile(filepath.Join(root, File(w.Name)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return p, err
		}
		if !bytes.Equal(there, text) {
			p.outdated = append(p.outdated, File(w.Name))
		}
	}
	return p, p.others(root)
}

// others finds the configurations that are not wanted, in every folder where
// wrangler would look from a Worker's: it searches upwards, and takes
// wrangler.json before wrangler.jsonc, and a redirection under .wrangler before
// both.
func (p *plan) others(root string) error {
	for _, dir := range []string{".", "workers", "workers/*"} {
		for _, name := range []string{"wrangler.json", "wrangler.jsonc", "wrangler.toml", ".wrangler/deploy/config.json"} {
			found, err := filepath.Glob(filepath.Join(root, dir, name))
			if err != nil {
				return err
			}
			for _, path := range found {
				if err := p.other(root, path); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (p *plan) other(root, path string) error {
	file, err := filepath.Rel(root, path)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	file = filepath.ToSlash(file)
	generated := bytes.HasPrefix(text, []byte(header))
	switch _, wanted := p.wanted[file]; {
	case wanted:
	case generated && strings.HasSuffix(file, ".jsonc"):
		p.orphans = append(p.orphans, file)
	default:
		p.stray = append(p.stray, file)
	}
	return nil
}
