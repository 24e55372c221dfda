package runtime

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// recordMagic begins every record of a timeline.
const recordMagic = 0x6372616e65747431

// recordHead begins a record; Count pages follow, each after its number.
type recordHead struct {
	Magic uint64
	// Sum is the SHA-256 of the database's id, the head with a zero Sum, and
	// the pages.
	Sum [sha256.Size]byte
	// Micros is when the state began, in microseconds since 1970.
	Micros int64
	Seq    uint32
	// Size is the database's number of pages. A whole record has all of them,
	// any other only those that differ from the record before.
	Size, Count, Whole uint32
}

var recordHeadSize = int64(binary.Size(recordHead{}))

func (h recordHead) length() int64 { return recordHeadSize + int64(h.Count)*(4+pageSize) }

// point is one state that can be restored: a record and where it is.
type point struct {
	recordHead
	file   string
	offset int64
}

func (p point) time() time.Time { return time.UnixMicro(p.Micros).UTC() }

// bookmark has the form of D1's: a number that grows with every write, one
// that is not used here, the day since 1970, and a digest, which no other
// database or state has.
func (p point) bookmark() string {
	days := uint32(p.Micros / (24 * time.Hour).Microseconds())
	return fmt.Sprintf("%08x-%08x-%08x-%x", p.Seq, 0, days, p.Sum[:16])
}

// encode completes the head's Sum and gives the whole record.
func (h *recordHead) encode(database string, pages map[uint32][]byte) []byte {
	var body bytes.Buffer
	for number := uint32(1); number <= h.Size; number++ {
		if page, written := pages[number]; written {
			_ = binary.Write(&body, binary.BigEndian, number) // a buffer takes everything
			body.Write(page)
			h.Count++
		}
	}
	h.Sum = h.digest(database, body.Bytes())
	var record bytes.Buffer
	_ = binary.Write(&record, binary.BigEndian, h)
	record.Write(body.Bytes())
	return record.Bytes()
}

func (h recordHead) digest(database string, body []byte) [sha256.Size]byte {
	h.Sum = [sha256.Size]byte{}
	sum := sha256.New()
	_, _ = io.WriteString(sum, database) // a hash takes everything
	_ = binary.Write(sum, binary.BigEndian, h)
	_, _ = sum.Write(body)
	return [sha256.Size]byte(sum.Sum(nil))
}

// pages reads a record's pages; one that was changed or cut is refused.
func (p point) pages(database string) (map[uint32][]byte, error) {
	f, err := os.Open(p.file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	body := make([]byte, p.length()-recordHeadSize)
	if _, err := f.ReadAt(body, p.offset+recordHeadSize); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errTimeline, p.file, err)
	}
	if p.digest(database, body) != p.Sum {
		return nil, fmt.Errorf("%w: %s at byte %d", errTimeline, p.file, p.offset)
	}
	pages := map[uint32][]byte{}
	for ; len(body) > 0; body = body[4+pageSize:] {
		pages[binary.BigEndian.Uint32(body)] = body[4 : 4+pageSize]
	}
	return pages, nil
}

// points lists a file's records, without their pages. What a killed process
// left half-written at the end is cut off.
func points(file, database string) (all []point, err error) {
	f, err := os.OpenFile(file, os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	end := int64(0)
	for end < info.Size() {
		next := point{file: file, offset: end}
		err := binary.Read(io.NewSectionReader(f, end, recordHeadSize), binary.BigEndian, &next.recordHead)
		if err != nil || next.Magic != recordMagic || end+next.length() > info.Size() {
			break
		}
		all, end = append(all, next), end+next.length()
	}
	if len(all) > 0 {
		last := all[len(all)-1]
		if _, err := last.pages(database); errors.Is(err, errTimeline) {
			all, end = all[:len(all)-1], last.offset
		}
	}
	return all, f.Truncate(end)
}
