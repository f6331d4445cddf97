package master

import (
	"errors"
	"slices"
	"sync"
)

// Journal keeps records across restarts. What Append has returned from without
// an error is replayed; a batch is kept as a whole or not at all.
type Journal interface {
	// Replay calls f with every record, in order. It comes before any Append.
	Replay(f func(record []byte) error) error
	// Append adds a batch of records.
	Append(records ...[]byte) error
	// Compact puts one record in the place of all records so far.
	Compact(record []byte) error
	Close() error
}

// NoJournal keeps nothing: its jobs end with their master. Its zero value is
// ready.
type NoJournal struct{}

// Replay finds no records.
func (NoJournal) Replay(func([]byte) error) error { return nil }

// Append drops the records.
func (NoJournal) Append(...[]byte) error { return nil }

// Compact drops the record.
func (NoJournal) Compact([]byte) error { return nil }

// Close does nothing.
func (NoJournal) Close() error { return nil }

// MemoryJournal lives as long as its process. Its zero value is empty and ready.
type MemoryJournal struct {
	mu struct {
		sync.Mutex
		records [][]byte
		failure error
	}
}

// Replay calls f with every record.
func (j *MemoryJournal) Replay(f func([]byte) error) error {
	j.mu.Lock()
	records := slices.Clone(j.mu.records)
	j.mu.Unlock()
	for _, r := range records {
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}

// Append adds a batch of records.
func (j *MemoryJournal) Append(records ...[]byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.mu.failure != nil {
		return j.mu.failure
	}
	j.mu.records = append(j.mu.records, records...)
	return nil
}

// Compact puts one record in the place of all.
func (j *MemoryJournal) Compact(record []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.mu.failure != nil {
		return j.mu.failure
	}
	j.mu.records = [][]byte{record}
	return nil
}

// Close does nothing: a master that is opened on the journal again goes on.
func (j *MemoryJournal) Close() error { return nil }

// Fail makes the journal refuse everything from now on, as a full disk would.
func (j *MemoryJournal) Fail() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.mu.failure = errors.New("the journal refuses writes")
}
