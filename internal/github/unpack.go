package github

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"crane/internal/hint"
)

const (
	// maxFiles and maxUnpacked bound what an artifact may hold, in entries and
	// bytes. A release of a hundred Workers has some hundreds and a few million.
	maxFiles    = 4096
	maxUnpacked = 256 << 20
)

// partial begins the name of what is still being written. A process that is
// killed leaves it, and nobody takes it for anything.
const partial = ".partial-"

// unpack puts an archive into a new folder, whole or not at all.
func unpack(archive io.ReaderAt, size int64, name, dir string) error {
	reader, err := zip.NewReader(archive, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // which is for plain to refuse
		return unfit(name, "it cannot be read: %w", err)
	}
	if len(reader.File) > maxFiles {
		return unfit(name, "it has %d entries, more than %d", len(reader.File), maxFiles)
	}
	made, err := os.MkdirTemp(filepath.Dir(dir), partial+"*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(made)
	if err := fill(made, name, reader.File); err != nil {
		return err
	}
	return os.Rename(made, dir)
}

// fill writes entries into a folder, and nothing outside of it whatever they are
// called.
func fill(dir, name string, entries []*zip.File) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	room := int64(maxUnpacked)
	for _, entry := range entries {
		if err := ordinary(entry); err != nil {
			return unfit(name, "%w", err)
		}
		wrote, err := put(root, entry, room)
		if err != nil {
			return unwritten(name, entry.Name, err)
		}
		room -= wrote
	}
	return nil
}

// ordinary refuses what is neither a file nor a folder inside.
func ordinary(entry *zip.File) error {
	if clean := strings.TrimSuffix(entry.Name, "/"); !fs.ValidPath(clean) || clean == "." || strings.Contains(clean, `\`) || !filepath.IsLocal(clean) {
		return fmt.Errorf("%.200q leads out of it", entry.Name)
	}
	if mode := entry.Mode(); !mode.IsRegular() && !mode.IsDir() {
		return fmt.Errorf("%.200q is neither a file nor a folder", entry.Name)
	}
	return nil
}

// put writes one entry and says how many bytes it has. What the archive says of
// its length counts for nothing.
func put(root *os.Root, entry *zip.File, room int64) (int64, error) {
	if entry.FileInfo().IsDir() {
		return 0, root.MkdirAll(strings.TrimSuffix(entry.Name, "/"), 0o700)
	}
	if err := root.MkdirAll(filepath.Dir(entry.Name), 0o700); err != nil {
		return 0, err
	}
	content, err := entry.Open()
	if err != nil {
		return 0, err
	}
	defer content.Close()
	file, err := root.OpenFile(entry.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	wrote, err := io.Copy(file, io.LimitReader(content, room+1))
	if wrote > room {
		err = fmt.Errorf("all of it has more than %d bytes", maxUnpacked)
	}
	return wrote, errors.Join(err, file.Close())
}

// unwritten is why an entry was not written: this machine's disk, or the entry.
func unwritten(name, entry string, err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok && failed.Op == "write" {
		return hint.Wrap(fmt.Errorf("the artifact %s was not unpacked: %w", name, err), "make room for it, and run the same command again")
	}
	return unfit(name, "%.200q: %w", entry, err)
}

func unfit(name, format string, args ...any) error {
	return hint.Wrap(fmt.Errorf("%w %s: "+format+"; nothing was kept", append([]any{ErrArtifact, name}, args...)...),
		"look at the run that published it, and run it again")
}
