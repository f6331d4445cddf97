package parquet

import (
	"os"
	"sync"

	"github.com/zeebo/xxh3"

	"github.com/bixidata/bixi/batch"
)

// diskCache is the second level of a Cache: dictionaries that are decoded again
// and again because memory has no room for them, as they are in memory, in one
// file. Reading one back costs a tenth of what decompressing it costs, as long as
// the system keeps the file's pages.
//
// The file is filled in a circle: what is written next takes the place of what
// was written first. It is a help only: once writing fails, nothing is kept.
type diskCache struct {
	path  string
	limit int64

	mu struct {
		sync.Mutex
		file  *os.File // nil until the first write
		off   bool     // writing failed, or closed
		at    int64    // where the next one goes
		saved map[cacheKey]*savedDict
		order []*savedDict // by age; their places follow each other
		seen  map[cacheKey]struct{}
	}
}

// savedDict is a dictionary in the file: its data, then its offsets.
type savedDict struct {
	key     cacheKey
	shape   batch.Column // without its memory
	from    int64
	data    int
	offsets int // how many
	sum     uint64
	ready   bool
	gone    bool
}

func (s *savedDict) size() int64 { return int64(s.data) + 4*int64(s.offsets) }

const (
	// Smaller dictionaries are decoded as fast as they are read.
	leastSaved = 16 << 10
	// How many keys are remembered as seen before they are forgotten, all at once.
	mostSeen = 1 << 16
)

func newDiskCache(path string, limit int64) *diskCache {
	d := &diskCache{path: path, limit: limit}
	d.mu.saved, d.mu.seen = map[cacheKey]*savedDict{}, map[cacheKey]struct{}{}
	return d
}

// load gives a dictionary that was saved, nil if there is none.
func (d *diskCache) load(key cacheKey) *batch.Column {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	s, file := d.mu.saved[key], d.mu.file
	ready := s != nil && s.ready
	d.mu.Unlock()
	if !ready {
		return nil
	}
	c := s.shape
	c.Data = batch.Alloc(s.data)
	if s.offsets > 0 {
		c.Offsets = make([]int32, s.offsets)
	}
	_, err := file.ReadAt(c.Data, s.from)
	if err == nil && s.offsets > 0 {
		_, err = file.ReadAt(batch.BytesOf(c.Offsets), s.from+int64(s.data))
	}
	if err != nil || sumOf(&c) != s.sum {
		d.mu.Lock()
		defer d.mu.Unlock()
		if !s.gone { // else it was overwritten meanwhile
			delete(d.mu.saved, key)
		}
		return nil
	}
	return &c
}

func sumOf(c *batch.Column) uint64 {
	sum := xxh3.Hash(c.Data)
	if len(c.Offsets) > 0 {
		sum ^= xxh3.Hash(batch.BytesOf(c.Offsets))
	}
	return sum
}

// offer tells that c had to be decoded. What is decoded for the second time is
// saved: a file that is read once costs no writing.
func (d *diskCache) offer(key cacheKey, c *batch.Column) {
	if d == nil || c.Enc != batch.Flat || c.Valid != nil || c.Children != nil || len(c.Data) < leastSaved {
		return
	}
	s := &savedDict{key: key, shape: *c, data: len(c.Data), offsets: len(c.Offsets)}
	s.shape.Data, s.shape.Offsets = nil, nil
	file := d.place(s)
	if file == nil {
		return
	}
	s.sum = sumOf(c)
	_, err := file.WriteAt(c.Data, s.from)
	if err == nil && s.offsets > 0 {
		_, err = file.WriteAt(batch.BytesOf(c.Offsets), s.from+int64(s.data))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.end()
	}
	s.ready = !s.gone
}

// place finds the place of s, if it is to be saved now, and forgets what is there.
func (d *diskCache) place(s *savedDict) *os.File {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.mu.off || s.size() > d.limit/8 || d.mu.saved[s.key] != nil {
		return nil
	}
	if _, again := d.mu.seen[s.key]; !again {
		if len(d.mu.seen) >= mostSeen {
			clear(d.mu.seen)
		}
		d.mu.seen[s.key] = struct{}{}
		return nil
	}
	if d.mu.file == nil {
		f, err := os.OpenFile(d.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			d.mu.off = true
			return nil
		}
		d.mu.file = f
	}
	if d.mu.at+s.size() > d.limit {
		for len(d.mu.order) > 0 && d.mu.order[0].from >= d.mu.at {
			d.forget()
		}
		d.mu.at = 0
	}
	s.from = d.mu.at
	d.mu.at += (s.size() + 7) &^ 7
	for len(d.mu.order) > 0 && d.mu.order[0].from >= s.from && d.mu.order[0].from < d.mu.at {
		d.forget()
	}
	d.mu.order = append(d.mu.order, s)
	d.mu.saved[s.key] = s
	return d.mu.file
}

// forget drops the oldest one.
func (d *diskCache) forget() {
	old := d.mu.order[0]
	old.gone = true
	if d.mu.saved[old.key] == old {
		delete(d.mu.saved, old.key)
		delete(d.mu.seen, old.key)
	}
	d.mu.order = d.mu.order[1:]
}

// end drops everything.
func (d *diskCache) end() {
	d.mu.off = true
	for len(d.mu.order) > 0 {
		d.forget()
	}
}

func (d *diskCache) close() error {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.end()
	if d.mu.file == nil {
		return nil
	}
	return d.mu.file.Close()
}
