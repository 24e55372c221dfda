package runtime

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"crane/internal/local/atomicfile"
)

// restoring ends the name of an image that is about to take a database's
// place.
const restoring = ".restore"

// databaseFile is the path of a database's main file; SQLite keeps others of
// the same name with a suffix beside it.
type databaseFile string

func (f databaseFile) wal() string { return string(f) + "-wal" }

// read gives the whole content as the last commit left it, how far the log was
// read for it, and when a file was last changed. The log is read first: what a
// checkpoint moves to the main file meanwhile is the same as in the log.
func (f databaseFile) read() (content []byte, mark walMark, changed time.Time, err error) {
	for range 100 {
		tail, err := readWAL(f.wal(), walMark{})
		if err != nil {
			return nil, walMark{}, time.Time{}, err
		}
		content, changed, err = f.main()
		if err != nil {
			return nil, walMark{}, time.Time{}, err
		}
		again, err := readWAL(f.wal(), tail.mark)
		if err != nil {
			return nil, walMark{}, time.Time{}, err
		}
		if again.size == 0 {
			return blank(overlay(content, tail.pages, tail.size)), tail.mark, changed, nil
		}
	}
	return nil, walMark{}, time.Time{}, fmt.Errorf("%s is being written to by somebody else", f)
}

// main reads the main file without the log.
func (f databaseFile) main() ([]byte, time.Time, error) {
	var changed time.Time
	for _, path := range []string{string(f), f.wal()} {
		if info, err := os.Stat(path); err == nil && info.ModTime().After(changed) {
			changed = info.ModTime()
		}
	}
	content, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return content, changed, err
}

// overlay puts pages over a content and gives it its size in pages; a size of
// 0 leaves it as it is.
func overlay(content []byte, pages map[uint32][]byte, size uint32) []byte {
	if size == 0 {
		return content
	}
	if grow := int(size)*pageSize - len(content); grow > 0 {
		content = append(content, make([]byte, grow)...)
	}
	content = content[:int(size)*pageSize]
	for number, page := range pages {
		if number <= size {
			copy(content[int(number-1)*pageSize:], page)
		}
	}
	return content
}

// blank makes a database without any table, which is one page, the same as one
// that was never opened.
func blank(content []byte) []byte {
	if len(content) <= pageSize {
		return nil
	}
	return content
}

// replace puts a content in the place of a closed database. It is done or not
// done from the moment at which the image is written whole: finish does the
// rest, now or at the next start.
func (f databaseFile) replace(content []byte) error {
	if err := atomicfile.Write(string(f)+restoring, content, 0o600); err != nil {
		return err
	}
	return f.finish()
}

// finish removes what belongs to the old content before the new one takes its
// place: SQLite would play an old log over it.
func (f databaseFile) finish() error {
	if err := f.remove("-wal", "-shm"); err != nil {
		return err
	}
	return os.Rename(string(f)+restoring, string(f))
}

// remove removes files of the database by their suffixes.
func (f databaseFile) remove(suffixes ...string) error {
	for _, suffix := range suffixes {
		if err := os.Remove(string(f) + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// finishRestores completes what a killed predecessor had begun.
func finishRestores(dir string) error {
	images, err := filepath.Glob(filepath.Join(dir, "*"+restoring))
	if err != nil {
		return err
	}
	for _, image := range images {
		if err := databaseFile(strings.TrimSuffix(image, restoring)).finish(); err != nil {
			return err
		}
	}
	return nil
}
