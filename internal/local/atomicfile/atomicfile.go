// Package atomicfile writes files of which a reader, and the next start after
// a crash, sees the old content or the new one and nothing between.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Partial begins the name of a file that is still being written; after a crash
// such a file may be left.
const Partial = ".partial-"

// Write makes or replaces a file: beside its place, flushed, renamed, and the
// rename flushed too. On an error the file is as it was.
func Write(path string, content []byte, mode fs.FileMode) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, Partial+"*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return Flush(dir)
}

// Flush makes the names in a folder durable.
func Flush(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
