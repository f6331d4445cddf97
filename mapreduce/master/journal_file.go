package master

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// FileJournal is a journal in one file. The file is a row of frames, a frame
// for each batch:
//
//	length of the body, 4 bytes little endian, not 0
//	CRC-32C of the body, 4 bytes little endian
//	body: for each record its length as a uvarint, then its bytes
//
// A frame is synced before Append returns, so only the last one can be torn by
// a crash, and a torn one was never acknowledged: Replay cuts it off. A damaged
// frame with others behind it is an error.
type FileJournal struct {
	path string
	file *os.File
	size int64 // of the frames that are whole
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const frameHeader = 8

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
		body, n, ok := cutFrame(rest)
		if !ok {
			if n < len(rest) && len(bytes.Trim(rest, "\x00")) > 0 {
				return fmt.Errorf("reading the journal %s: the frame at byte %d is damaged", j.path, j.size)
			}
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

// cutFrame gives the body of the first frame of data and the frame's length as
// its header tells it. A frame that is not whole or not sound is not ok.
func cutFrame(data []byte) (body []byte, n int, ok bool) {
	if len(data) < frameHeader {
		return nil, len(data), false
	}
	length := binary.LittleEndian.Uint32(data)
	n = frameHeader + int(length)
	if length == 0 || n > len(data) {
		return nil, n, false
	}
	body = data[frameHeader:n]
	return body, n, crc32.Checksum(body, castagnoli) == binary.LittleEndian.Uint32(data[4:])
}

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

func frame(records ...[]byte) []byte {
	data := make([]byte, frameHeader)
	for _, r := range records {
		data = binary.AppendUvarint(data, uint64(len(r)))
		data = append(data, r...)
	}
	body := data[frameHeader:]
	binary.LittleEndian.PutUint32(data, uint32(len(body)))
	binary.LittleEndian.PutUint32(data[4:], crc32.Checksum(body, castagnoli))
	return data
}

// Append adds a batch of records and syncs it.
func (j *FileJournal) Append(records ...[]byte) error {
	if len(records) == 0 {
		return nil
	}
	data := frame(records...)
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
	data := frame(record)
	if _, err = file.Write(data); err == nil {
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
