package audit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// A segment file is its magic, then frames. A frame is the length and the
// CRC-32C of what follows, four bytes each, little endian. The first frame is
// the segment's id, the others are records.
const (
	magic     = "SPAUDIT1"
	frameHead = 8
	maxRecord = 1 << 20
)

// castagnoli is computed once; nothing changes it.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var (
	errDamaged = errors.New("the segment is damaged")
	// errTorn is damage that ends the file: what a process leaves that ended
	// while it was writing.
	errTorn = errors.New("the segment's last record is incomplete")
)

// openFrame begins a frame whose content is appended next.
func openFrame(to []byte) []byte { return append(to, make([]byte, frameHead)...) }

// closeFrame fills in the head of the frame that began at start.
func closeFrame(buf []byte, start int) {
	content := buf[start+frameHead:]
	binary.LittleEndian.PutUint32(buf[start:], uint32(len(content)))
	binary.LittleEndian.PutUint32(buf[start+4:], crc32.Checksum(content, castagnoli))
}

// nextFrame takes one frame off data.
func nextFrame(data []byte) (content, rest []byte, err error) {
	if len(data) < frameHead {
		return nil, nil, errTorn
	}
	n := int64(binary.LittleEndian.Uint32(data))
	rest = data[frameHead:]
	switch {
	case zero(data):
		return nil, nil, errTorn // a file system that lost power gives zeros
	case n > int64(len(rest)) && n <= maxRecord:
		return nil, nil, errTorn
	case n > int64(len(rest)) || n == 0:
		return nil, nil, errDamaged
	}
	content, rest = rest[:n], rest[n:]
	if crc32.Checksum(content, castagnoli) == binary.LittleEndian.Uint32(data[4:]) {
		return content, rest, nil
	}
	if len(rest) == 0 {
		return nil, nil, errTorn
	}
	return nil, nil, errDamaged
}

func zero(data []byte) bool {
	for _, b := range data {
		if b != 0 {
			return false
		}
	}
	return true
}

// segment is the content of a segment file.
type segment struct {
	id      string // unique for ever: instance and random
	records []Record
	whole   int64 // bytes up to the end of the last complete record
}

// parseSegment reads as much of a segment file as is right. With errTorn or
// errDamaged it returns what stands before the fault.
func parseSegment(data []byte) (segment, error) {
	var s segment
	if len(data) < len(magic) {
		return s, errTorn
	}
	if string(data[:len(magic)]) != magic {
		return s, fmt.Errorf("%w: it does not begin with %q", errDamaged, magic)
	}
	rest := data[len(magic):]
	for first := true; len(rest) > 0; first = false {
		content, after, err := nextFrame(rest)
		if err != nil {
			return s, fmt.Errorf("%w at byte %d", err, len(data)-len(rest))
		}
		if first {
			s.id = string(content)
		} else {
			record, err := parseRecord(content)
			if err != nil {
				return s, fmt.Errorf("%w at byte %d: %w", errDamaged, len(data)-len(rest), err)
			}
			s.records = append(s.records, record)
		}
		rest = after
		s.whole = int64(len(data) - len(rest))
	}
	return s, nil
}
