package store

import (
	"os"
	"path/filepath"
	"strings"
)

// partial marks a file that is still being written. No record's or content's
// name begins with a dot.
const partial = ".partial-"

// replace writes a file whole or not at all: beside its place, flushed,
// renamed, and the rename flushed too.
func replace(path string, content []byte) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, partial+"*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil {
		err = flush(dir)
	}
	return err
}

// remove deletes a file for good.
func remove(path string) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	return flush(filepath.Dir(path))
}

// flush makes the names in a folder durable.
func flush(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// sweep removes what crashed writers left and lists the other files.
func sweep(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), partial) {
			names = append(names, e.Name())
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return nil, err
		}
	}
	return names, nil
}
