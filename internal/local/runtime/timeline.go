package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// timelineLimit is how many bytes of earlier states a database keeps.
const timelineLimit = 256 << 20

var errTimeline = errors.New("damaged record of an earlier state")

// timeline keeps every state of one database that a call left, for Time
// Travel (https://developers.cloudflare.com/d1/reference/time-travel/). After a
// call it reads the pages that the call committed from SQLite's write-ahead
// log, which costs what the call wrote and not what the database holds. Every
// so often a record is whole and begins a new file; when the files together
// exceed the limit the oldest go, but never the newest two.
//
// All calls to a database hold mu, so that nothing is written between a call
// and its record. Its state on disk is complete without the memory: a start
// compares the last record with the database and records what a killed
// process had not.
type timeline struct {
	mu       sync.Mutex
	database string
	file     databaseFile
	dir      string
	limit    int64

	points []point
	// mark is up to where the log is recorded. Unless synced, it is not known.
	mark   walMark
	synced bool
}

// sync records the database as it is, unless that is the last record already.
func (t *timeline) sync() error {
	if t.synced {
		return nil
	}
	if err := t.load(); err != nil {
		return err
	}
	content, mark, changed, err := t.file.read()
	if err != nil {
		return err
	}
	same, err := t.endsWith(content)
	if err == nil && !same {
		err = t.appendWhole(content, changed)
	}
	t.mark, t.synced = mark, err == nil
	return err
}

func (t *timeline) load() error {
	if err := os.MkdirAll(t.dir, 0o700); err != nil {
		return err
	}
	files, err := t.files()
	if err != nil {
		return err
	}
	t.points = nil
	for _, file := range files {
		found, err := points(file, t.database)
		if err != nil {
			return err
		}
		t.points = append(t.points, found...)
	}
	return nil
}

// files lists the record files, the oldest first.
func (t *timeline) files() ([]string, error) { return filepath.Glob(filepath.Join(t.dir, "*.pages")) }

func (t *timeline) endsWith(content []byte) (bool, error) {
	if len(t.points) == 0 {
		return false, nil
	}
	last, err := t.image(len(t.points) - 1)
	return bytes.Equal(last, content), err
}

// image builds the content at a point from the whole record before it.
func (t *timeline) image(at int) (content []byte, err error) {
	first := at
	for t.points[first].Whole == 0 {
		first--
	}
	for _, p := range t.points[first : at+1] {
		pages, err := p.pages(t.database)
		if err != nil {
			return nil, err
		}
		if p.Size == 0 {
			content = nil
		}
		content = overlay(content, pages, p.Size)
	}
	return content, nil
}

// record adds what was committed since the last record, if anything was.
func (t *timeline) record() error {
	tail, err := readWAL(t.file.wal(), t.mark)
	if err != nil || tail.size == 0 {
		return err
	}
	if t.wantsWhole() {
		content, mark, _, err := t.file.read()
		if err == nil {
			err = t.appendWhole(content, time.Now())
		}
		t.mark = mark
		return err
	}
	t.mark = tail.mark
	return t.append(recordHead{Size: tail.size}, tail.pages, time.Now())
}

// wantsWhole reports whether the newest file has grown to twice the database,
// and a megabyte.
func (t *timeline) wantsWhole() bool {
	last := t.points[len(t.points)-1]
	return last.offset+last.length() > 1<<20+2*pageSize*int64(last.Size)
}

func (t *timeline) appendWhole(content []byte, at time.Time) error {
	pages := map[uint32][]byte{}
	for i := 0; i < len(content); i += pageSize {
		pages[uint32(i/pageSize)+1] = content[i : i+pageSize]
	}
	err := t.append(recordHead{Size: uint32(len(pages)), Whole: 1}, pages, at)
	return errors.Join(err, t.prune())
}

// append writes a record. Times only grow, even when the clock does not; an
// empty beginning has always been.
func (t *timeline) append(h recordHead, pages map[uint32][]byte, at time.Time) error {
	h.Magic, h.Seq = recordMagic, 1
	next := point{}
	if len(t.points) > 0 {
		last := t.points[len(t.points)-1]
		h.Seq, h.Micros = last.Seq+1, max(at.UnixMicro(), last.Micros+1)
		next.file, next.offset = last.file, last.offset+last.length()
	} else if h.Size > 0 {
		h.Micros = at.UnixMicro()
	}
	if h.Whole == 1 {
		next.file, next.offset = filepath.Join(t.dir, fmt.Sprintf("%08x.pages", h.Seq)), 0
	}
	record := h.encode(t.database, pages)
	next.recordHead = h
	if err := writeAt(next.file, next.offset, record); err != nil {
		return err
	}
	t.points = append(t.points, next)
	return nil
}

// writeAt writes over the end of a file, which a failed write may have left
// longer.
func writeAt(file string, offset int64, data []byte) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(data, offset)
	return errors.Join(err, f.Truncate(offset+int64(len(data))), f.Close())
}

// prune removes the oldest files.
func (t *timeline) prune() error {
	files, err := t.files()
	if err != nil {
		return err
	}
	var total int64
	for i, file := range slices.Backward(files) {
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		if total += info.Size(); total <= t.limit || i >= len(files)-2 {
			continue
		}
		t.points = slices.DeleteFunc(t.points, func(p point) bool { return p.file == file })
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return nil
}

// at finds the last state that began at a time or before.
func (t *timeline) at(when time.Time) (point, error) {
	for _, p := range slices.Backward(t.points) {
		if !p.time().After(when) {
			return p, nil
		}
	}
	return point{}, fmt.Errorf("%w at %s: the oldest that is kept is of %s",
		ErrNoState, when.UTC().Format(time.RFC3339Nano), t.points[0].time().Format(time.RFC3339Nano))
}

// find gives the index of a bookmark's state.
func (t *timeline) find(bookmark string) (int, error) {
	for i, p := range t.points {
		if p.bookmark() == bookmark {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%w with the bookmark %s: it is of another database, or older than what is kept", ErrNoState, bookmark)
}
