package parquet

import (
	"cmp"
	"errors"
	"os"
	"slices"
	"sync"
	"unsafe"

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
		file   *os.File     // nil until the first write
		mapped []byte       // all of it, for lending; nil if the system has no such thing
		lent   int          // how many are
		idle   []*savedDict // those that were given back and keep their pages
		idling int64        // their bytes
		off    bool         // writing failed, or closed
		at     int64        // where the next one goes
		saved  map[cacheKey]*savedDict
		order  []*savedDict // by age; their places follow each other
		seen   map[cacheKey]struct{}
	}
}

// savedDict is a dictionary in the file: its offsets, then its data.
type savedDict struct {
	key     cacheKey
	shape   batch.Column // without its memory
	from    int64
	data    int
	offsets int // how many
	sum     uint64
	used    int64 // when it was last asked for, on the clock of the cache above
	ready   bool
	gone    bool

	verified bool
	lent     int // times it is lent now; its place is not used for others
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

// leastLent is from how many entries on a dictionary is lent: smaller ones are worth
// more where they last, because exchanges keep them.
const leastLent = 16<<10 + 1

// find gives a dictionary that was saved and when it was last asked for, nil if there
// is none; the time is now.
func (d *diskCache) find(key cacheKey, now int64) (s *savedDict, last int64) {
	if d == nil {
		return nil, 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if s = d.mu.saved[key]; s == nil || !s.ready {
		return nil, 0
	}
	last, s.used = s.used, now
	return s, last
}

// load gives a dictionary in memory of its own, nil if it is not there any more as
// it was saved.
func (d *diskCache) load(s *savedDict) *batch.Column {
	mem := batch.Room(int(s.size()))
	file := d.mu.file // set before anything is saved
	if _, err := file.ReadAt(mem, s.from); err != nil {
		d.lose(s)
		return nil
	}
	c := s.column(mem)
	if sumOf(c) != s.sum {
		d.lose(s)
		return nil
	}
	return c
}

// lend gives a dictionary where it lies in the file, as long as giveBack is not
// called; nil if it cannot be lent. Its bytes are verified the first time.
func (d *diskCache) lend(s *savedDict) *batch.Column {
	if s.shape.N < leastLent {
		return nil
	}
	d.mu.Lock()
	if s.gone || d.mu.mapped == nil {
		d.mu.Unlock()
		return nil
	}
	s.lent++
	d.mu.lent++
	verified := s.verified
	c := s.column(d.mu.mapped[s.from : s.from+s.size() : s.from+s.size()])
	d.mu.Unlock()
	if !verified && sumOf(c) != s.sum {
		d.giveBack(s)
		d.lose(s)
		return nil
	}
	if !verified {
		d.mu.Lock()
		s.verified = true
		d.mu.Unlock()
	}
	c.Lent = true
	return c
}

// giveBack ends a lending.
func (d *diskCache) giveBack(s *savedDict) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mu.lent--
	if s.lent--; s.lent > 0 {
		return
	}
	d.mu.idle = append(d.mu.idle, s)
	if d.mu.idling += s.size(); d.mu.idling >= mostIdle {
		d.leave()
	}
}

const (
	// How many bytes of dictionaries that were given back keep their pages: leaving
	// pages interrupts every core, however many they are.
	mostIdle = 8 << 20
	// Pages between two of them are left as well unless they are more bytes than that.
	// Where one of these is lent now, it gets them again.
	mostBetween = 1 << 20
)

// leave leaves the pages of all that are idle.
func (d *diskCache) leave() {
	slices.SortFunc(d.mu.idle, func(a, b *savedDict) int { return cmp.Compare(a.from, b.from) })
	from, to := d.mu.idle[0].from, int64(0)
	for _, s := range d.mu.idle {
		if to > 0 && s.from > to+mostBetween {
			leavePages(d.mu.mapped, from, to)
			from = s.from
		}
		to = max(to, s.from+s.size())
	}
	leavePages(d.mu.mapped, from, to)
	d.mu.idle, d.mu.idling = d.mu.idle[:0], 0
}

// lose forgets a dictionary that is not what it was.
func (d *diskCache) lose(s *savedDict) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !s.gone { // else it was overwritten meanwhile
		delete(d.mu.saved, s.key)
	}
}

// column is the dictionary with its memory: the offsets, then the data.
func (s *savedDict) column(mem []byte) *batch.Column {
	c := s.shape
	if s.offsets > 0 {
		c.Offsets = unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(mem))), s.offsets)
	}
	c.Data = mem[4*s.offsets:]
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
	_, err := file.WriteAt(batch.BytesOf(c.Offsets), s.from)
	if err == nil {
		_, err = file.WriteAt(c.Data, s.from+4*int64(s.offsets))
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
		d.mu.mapped, _ = mapFile(f, d.limit) // without it nothing is lent
	}
	if d.mu.at+s.size() > d.limit {
		if !d.clear(d.mu.at, d.limit) {
			return nil
		}
		d.mu.at = 0
	}
	end := d.mu.at + (s.size()+7)&^7
	if !d.clear(d.mu.at, end) {
		return nil
	}
	s.from, d.mu.at = d.mu.at, end
	d.mu.order = append(d.mu.order, s)
	d.mu.saved[s.key] = s
	return d.mu.file
}

// clear drops what lies in [from, to), the oldest; false if some of it is lent.
func (d *diskCache) clear(from, to int64) bool {
	for len(d.mu.order) > 0 && d.mu.order[0].from >= from && d.mu.order[0].from < to {
		if d.mu.order[0].lent > 0 {
			return false
		}
		d.forget()
	}
	return true
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
	var err error
	if d.mu.mapped != nil && d.mu.lent == 0 {
		err = unmapFile(d.mu.mapped)
		d.mu.mapped = nil
	}
	return errors.Join(err, d.mu.file.Close())
}
