package audit

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// A segment is a row of frames: length, CRC-32C, and one record as JSON.
const (
	frameHeader = 8
	maxFrame    = 64 << 10
)

// errDamaged means that a segment's bytes are not what was written.
var errDamaged = errors.New("the segment is damaged")

func checksum(data []byte) uint32 { return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)) }

// appendFrame appends a record to dst.
func appendFrame(dst []byte, r Record) ([]byte, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	if len(data) > maxFrame {
		return nil, fmt.Errorf("audit: a record of %d bytes is too large", len(data))
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(data)))
	dst = binary.LittleEndian.AppendUint32(dst, checksum(data))
	return append(dst, data...), nil
}

// readFrames calls each for every whole record and returns how many bytes they
// take. What follows the last whole one is errDamaged: a torn tail, or worse.
func readFrames(r io.Reader, each func(Record) error) (int64, error) {
	reader := bufio.NewReader(r)
	var read int64
	header := make([]byte, frameHeader)
	for {
		if _, err := io.ReadFull(reader, header); err != nil {
			if errors.Is(err, io.EOF) {
				return read, nil
			}
			return read, errDamaged
		}
		size := binary.LittleEndian.Uint32(header)
		if size == 0 || size > maxFrame {
			return read, errDamaged
		}
		data := make([]byte, size)
		if _, err := io.ReadFull(reader, data); err != nil || checksum(data) != binary.LittleEndian.Uint32(header[4:]) {
			return read, errDamaged
		}
		var record Record
		if err := json.Unmarshal(data, &record); err != nil {
			return read, errDamaged
		}
		if err := each(record); err != nil {
			return read, err
		}
		read += frameHeader + int64(size)
	}
}
