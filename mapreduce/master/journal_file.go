package master

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
)

// FileJournal is a journal in one file. The file is a row of frames, a frame
// for each batch:
//
//	length of the body, 4 bytes little endian, not 0
//	CRC-32C of the length, 4 bytes little endian
//	CRC-32C of the body, 4 bytes little endian
//	body: for each record its length as a uvarint, then its bytes
//
// A frame is synced before Append returns, so only the last one can be torn by
// a crash, and a torn one was never acknowledged: Replay cuts it off. Torn
// means that the file ends inside or with it, or that its header is still
// zeros. Any other damage is an error.
type FileJournal struct {
	path string
	file *os.File
	size int64 // of the frames that are whole
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const frameHeader = 12

// OpenFileJournal opens or creates the journal at path.
func OpenFileJournal(path string) (*FileJournal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the journal: %w", err)
	}
	if err := syncDir(path); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &FileJournal{path: path, file: file}, nil
}

// Replay calls f with every record and cuts off a torn tail.
func (j *FileJournal) Replay(f func([]byte) error) error {
	data, err := os.ReadFile(j.path)
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	j.size = 0
	for rest := data; len(rest) > 0; {
		body, n, state := cutFrame(rest)
		if state == frameDamaged {
			return fmt.Errorf("reading the journal %s: the frame at byte %d is damaged", j.path, j.size)
		}
		if state == frameTorn {
			break
		}
		if err := eachRecord(body, f); err != nil {
			return fmt.Errorf("reading the journal %s, frame at byte %d: %w", j.path, j.size, err)
		}
		rest = rest[n:]
		j.size += int64(n)
	}
	if err := j.file.Truncate(j.size); err != nil {
		return fmt.Errorf("cutting the journal: %w", err)
	}
	_, err = j.file.Seek(j.size, io.SeekStart)
	return err
}

type frameState uint8

const (
	frameWhole frameState = iota
	frameTorn
	frameDamaged
)

// cutFrame gives the body and the length of the first frame of data.
func cutFrame(data []byte) (body []byte, n int, state frameState) {
	if len(data) < frameHeader || [frameHeader]byte(data) == [frameHeader]byte{} {
		return nil, 0, frameTorn
	}
	length := binary.LittleEndian.Uint32(data)
	if checksum(data[:4]) != binary.LittleEndian.Uint32(data[4:]) {
		return nil, 0, frameDamaged
	}
	if n = frameHeader + int(length); n > len(data) {
		return nil, 0, frameTorn
	}
	body = data[frameHeader:n]
	switch {
	case checksum(body) == binary.LittleEndian.Uint32(data[8:]):
		return body, n, frameWhole
	case n == len(data):
		return nil, 0, frameTorn
	}
	return nil, 0, frameDamaged
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

func eachRecord(body []byte, f func([]byte) error) error {
	for len(body) > 0 {
		length, n := binary.Uvarint(body)
		if n <= 0 || length > uint64(len(body)-n) {
			return errors.New("a record is longer than its frame")
		}
		if err := f(body[n : n+int(length)]); err != nil {
			return err
		}
		body = body[n+int(length):]
	}
	return nil
}

func frame(records ...[]byte) ([]byte, error) {
	data := make([]byte, frameHeader)
	for _, r := range records {
		data = binary.AppendUvarint(data, uint64(len(r)))
		data = append(data, r...)
	}
	body := data[frameHeader:]
	if len(body) > math.MaxUint32 {
		return nil, fmt.Errorf("a frame of %d bytes does not fit the journal", len(body))
	}
	binary.LittleEndian.PutUint32(data, uint32(len(body)))
	binary.LittleEndian.PutUint32(data[4:], checksum(data[:4]))
	binary.LittleEndian.PutUint32(data[8:], checksum(body))
	return data, nil
}

// Append adds a batch of records and syncs it.
func (j *FileJournal) Append(records ...[]byte) error {
	if len(records) == 0 {
		return nil
	}
	data, err := frame(records...)
	if err != nil {
		return err
	}
	if _, err := j.file.Write(data); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("syncing the journal: %w", err)
	}
	j.size += int64(len(data))
	return nil
}

// Compact writes a new file and puts it in the place of the old one.
func (j *FileJournal) Compact(record []byte) error {
	file, err := os.CreateTemp(filepath.Dir(j.path), filepath.Base(j.path)+".new*")
	if err != nil {
		return fmt.Errorf("compacting the journal: %w", err)
	}
	data, err := frame(record)
	if err == nil {
		_, err = file.Write(data)
	}
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = os.Rename(file.Name(), j.path)
	}
	if err != nil {
		os.Remove(file.Name())
		return errors.Join(fmt.Errorf("compacting the journal: %w", err), file.Close())
	}
	old := j.file
	j.file, j.size = file, int64(len(data))
	return errors.Join(old.Close(), syncDir(j.path))
}

// Close closes the file.
func (j *FileJournal) Close() error { return j.file.Close() }

// syncDir makes the entry of path in its directory last.
func syncDir(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("opening the journal's directory: %w", err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}
