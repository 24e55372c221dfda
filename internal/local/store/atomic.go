package store

import (
	"os"
	"path/filepath"
	"strings"

	"crane/internal/local/atomicfile"
)

// replace writes a file whole or not at all. No record's or content's name
// begins as that of a partial file does.
func replace(path string, content []byte) error { return atomicfile.Write(path, content, 0o600) }

// remove deletes a file for good.
func remove(path string) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	return atomicfile.Flush(filepath.Dir(path))
}

// sweep removes what crashed writers left and lists the other files.
func sweep(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), atomicfile.Partial) {
			names = append(names, e.Name())
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return nil, err
		}
	}
	return names, nil
}
