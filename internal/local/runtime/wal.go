package runtime

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
)

// Sizes in SQLite's files: https://www.sqlite.org/fileformat2.html#walformat
const (
	pageSize   = 4096 // workerd's; D1 refuses to change it
	walHeader  = 32
	frameStart = 24
	frameSize  = frameStart + pageSize
)

// walMagic is the beginning of a write-ahead log; its last bit is set when
// the checksums read their words big-endian.
const walMagic = 0x377f0682

var errWAL = errors.New("unreadable write-ahead log")

// walMark is how far a write-ahead log has been read; the zero mark is before
// its beginning.
type walMark struct {
	salt   [8]byte
	offset int64
	sum    checksum
}

// checksum is SQLite's running sum over a log.
type checksum [2]uint32

func (c checksum) add(order binary.ByteOrder, data []byte) checksum {
	for ; len(data) >= 8; data = data[8:] {
		c[0] += order.Uint32(data) + c[1]
		c[1] += order.Uint32(data[4:]) + c[0]
	}
	return c
}

// walTail is what committed transactions wrote after a mark.
type walTail struct {
	pages map[uint32][]byte
	// size is the number of pages the database has; 0 when nothing was
	// committed.
	size uint32
	mark walMark
}

// readWAL reads what was committed after a mark; all of it when the log was
// begun anew since. What is after the last commit is as if it were not there,
// as for SQLite. A log that is missing or empty has nothing.
func readWAL(path string, from walMark) (walTail, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return walTail{}, nil
	}
	if err != nil {
		return walTail{}, err
	}
	defer f.Close()
	head := make([]byte, walHeader)
	if _, err := io.ReadFull(f, head); err != nil {
		return walTail{}, tooShort(err)
	}
	magic := binary.BigEndian.Uint32(head)
	if magic&^1 != walMagic || binary.BigEndian.Uint32(head[8:]) != pageSize {
		return walTail{}, fmt.Errorf("%w: %s", errWAL, path)
	}
	var order binary.ByteOrder = binary.LittleEndian
	if magic&1 == 1 {
		order = binary.BigEndian
	}
	if !bytes.Equal(from.salt[:], head[16:24]) {
		from = walMark{salt: [8]byte(head[16:24]), offset: walHeader, sum: checksum{}.add(order, head[:24])}
	}
	return committed(io.NewSectionReader(f, from.offset, 1<<62), order, from)
}

// tooShort makes the end of a file no error.
func tooShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// committed reads frames while their checksums hold.
func committed(log io.Reader, order binary.ByteOrder, at walMark) (walTail, error) {
	tail := walTail{mark: at, pages: map[uint32][]byte{}}
	pending := map[uint32][]byte{}
	for {
		frame := make([]byte, frameSize)
		if _, err := io.ReadFull(log, frame); err != nil {
			return tail, tooShort(err)
		}
		at.sum = at.sum.add(order, frame[:8]).add(order, frame[frameStart:])
		written := checksum{binary.BigEndian.Uint32(frame[16:]), binary.BigEndian.Uint32(frame[20:])}
		if !bytes.Equal(at.salt[:], frame[8:16]) || at.sum != written {
			return tail, nil
		}
		at.offset += frameSize
		pending[binary.BigEndian.Uint32(frame)] = frame[frameStart:]
		if size := binary.BigEndian.Uint32(frame[4:]); size != 0 {
			maps.Copy(tail.pages, pending)
			clear(pending)
			tail.size, tail.mark = size, at
		}
	}
}
