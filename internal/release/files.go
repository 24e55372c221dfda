package release

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"crane/internal/hint"
)

// partial begins the name of a folder that is still being written. A process that
// is killed leaves it, and nobody takes it for a receipt.
const partial = ".partial-"

// files are the contents of a folder, by their paths in it.
type files map[string][]byte

// put makes a folder, whole or not at all.
func (f files) put(dir string) error {
	made, err := f.beside(dir)
	if err != nil {
		return unwritten(dir, err)
	}
	defer os.RemoveAll(made)
	if err := os.Rename(made, dir); err != nil {
		return f.taken(dir, err)
	}
	return flush(filepath.Dir(dir))
}

// replace is put where something may be already. Whoever looks between sees no
// receipt; what was there comes back when the new one cannot take its place.
func (f files) replace(dir string) error {
	made, err := f.beside(dir)
	if err != nil {
		return unwritten(dir, err)
	}
	defer os.RemoveAll(made)
	old := made + "-old"
	if err := os.Rename(dir, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritten(dir, err)
	}
	if err := os.Rename(made, dir); err != nil {
		return unwritten(dir, errors.Join(err, ifThere(os.Rename(old, dir))))
	}
	return errors.Join(flush(filepath.Dir(dir)), os.RemoveAll(old))
}

func ifThere(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// taken is why a folder could not be made: the receipt that is there is the same,
// which is fine, or it is not.
func (f files) taken(dir string, cause error) error {
	there, err := os.ReadFile(filepath.Join(dir, receiptFile))
	if err != nil {
		return unwritten(dir, cause)
	}
	if !bytes.Equal(there, f[receiptFile]) {
		return hint.Wrap(fmt.Errorf("%w: %s; nothing was written", ErrTaken, dir), "write it into a folder that is not there yet")
	}
	_, err = Open(dir)
	return err
}

// beside writes a folder next to its place, and makes it durable.
func (f files) beside(dir string) (made string, err error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return "", err
	}
	made, err = os.MkdirTemp(filepath.Dir(dir), partial+"*")
	if err != nil {
		return "", err
	}
	err = f.into(made)
	if err != nil {
		err = errors.Join(err, os.RemoveAll(made))
	}
	return made, err
}

func (f files) into(dir string) error {
	if err := os.Mkdir(filepath.Join(dir, "bundles"), 0o700); err != nil {
		return err
	}
	for name, content := range sorted(f) {
		if err := write(filepath.Join(dir, name), content); err != nil {
			return err
		}
	}
	return errors.Join(flush(filepath.Join(dir, "bundles")), flush(dir))
}

func write(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Sync(), file.Close())
}

// flush makes the names in a folder durable.
func flush(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func unwritten(dir string, err error) error {
	return hint.Wrap(fmt.Errorf("the receipt %s was not written: %w", dir, err), "make room for it, or name another folder")
}
