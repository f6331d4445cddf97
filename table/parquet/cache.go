package parquet

import (
	"container/list"
	"context"
	"sync"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/table/store"
)

// Cache keeps what the readers of a process decode again and again: footers,
// page indexes and dictionaries of files that were read lately. What it gives is
// immutable, and true of the content the file had when it was opened (see
// store.Reader.Version). A nil *Cache keeps nothing.
type Cache struct {
	limit int64
	disk  *diskCache
	// memory is of readers that ended, by the number of their column: a task that
	// reads the next part of a table finds what it needs.
	memory [64]sync.Pool
	mu     struct {
		sync.Mutex
		used    int64
		clock   int64 // how often anything was looked for
		entries map[cacheKey]*list.Element
		recent  list.List // of *cacheEntry, last used first
	}
}

type cacheKind uint8

const (
	keyFooter cacheKind = iota
	keyIndex
	keyDictionary
)

type cacheKey struct {
	path, version string
	kind          cacheKind
	group, leaf   int
	// as is the type a dictionary's values were converted to.
	as string
}

type cacheEntry struct {
	key   cacheKey
	value any
	bytes int64
	used  int64 // when, on the clock
}

// NewCache makes a cache of at most limit bytes.
func NewCache(limit int64) *Cache {
	c := &Cache{limit: limit}
	c.mu.entries = map[cacheKey]*list.Element{}
	return c
}

// Overflow lets the cache keep what it has no memory for in a file of at most
// limit bytes, which Close ends. It is called before the first use.
func (c *Cache) Overflow(path string, limit int64) {
	if limit > 0 {
		c.disk = newDiskCache(path, limit)
	}
}

// Close ends the use of the disk; the file itself is the caller's to remove.
func (c *Cache) Close() error { return c.disk.close() }

// pageMemory is memory for reading a chunk of a leaf.
func (c *Cache) pageMemory(leaf int) *pageMemory {
	if c != nil {
		if m, ok := c.memory[leaf%len(c.memory)].Get().(*pageMemory); ok {
			return m
		}
	}
	return &pageMemory{}
}

// keepMemory lets others use what pageMemory gave.
func (c *Cache) keepMemory(leaf int, m *pageMemory) {
	if c != nil {
		m.pages.src, m.dictPages.src = nil, nil
		c.memory[leaf%len(c.memory)].Put(m)
	}
}

// Open is the function Open, with what is known of the file.
func (c *Cache) Open(ctx context.Context, s store.Store, path string) (*File, error) {
	r, err := s.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	f := &File{path: path, src: &source{Reader: r, path: path}, cache: c, version: r.Version()}
	if err := f.open(); err != nil {
		r.Close()
		return nil, err
	}
	return f, nil
}

// get finds a value or makes it. Two callers may make the same one at the same
// time; either is as good.
func (c *Cache) get(key cacheKey, makeValue func() (any, int64, error)) (any, error) {
	if v := c.find(key); v != nil {
		return v, nil
	}
	v, n, err := makeValue()
	if err == nil {
		c.put(key, v, n)
	}
	return v, err
}

// find gives a value that is kept, nil if there is none.
func (c *Cache) find(key cacheKey) any {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.clock++
	e := c.mu.entries[key]
	if e == nil {
		return nil
	}
	c.mu.recent.MoveToFront(e)
	entry := e.Value.(*cacheEntry)
	entry.used = c.mu.clock
	return entry.value
}

// now is the time on the clock.
func (c *Cache) now() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mu.clock
}

// admits reports whether a value that was last asked for at that time is better
// kept than what it pushes out. Where a scan of more than there is room for comes
// again and again it is not, and what is kept stays.
func (c *Cache) admits(bytes, last int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	oldest := c.mu.recent.Back()
	return c.mu.used+bytes <= c.limit || oldest != nil && oldest.Value.(*cacheEntry).used < last
}

func (c *Cache) put(key cacheKey, value any, bytes int64) {
	// An entry that would push out much of the rest is not worth it.
	if c == nil || key.version == "" || bytes > c.limit/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mu.entries[key] != nil {
		return
	}
	c.mu.entries[key] = c.mu.recent.PushFront(&cacheEntry{key, value, bytes, c.mu.clock})
	for c.mu.used += bytes; c.mu.used > c.limit; {
		last := c.mu.recent.Remove(c.mu.recent.Back()).(*cacheEntry)
		delete(c.mu.entries, last.key)
		c.mu.used -= last.bytes
	}
}

// cached is a value that belongs to a chunk of f.
func (f *File) cached(kind cacheKind, group, leaf int, makeValue func() (any, int64, error)) (any, error) {
	return f.cache.get(cacheKey{path: f.path, version: f.version, kind: kind, group: group, leaf: leaf}, makeValue)
}

// dictionary gives the chunk's dictionary with its values converted to type as; read
// decodes it. One that is lent is to be given back.
func (c chunk) dictionary(as string, read func() (*batch.Column, error)) (d *batch.Column, lent *savedDict, err error) {
	cache := c.f.cache
	if cache == nil || c.f.version == "" {
		d, err = read()
		return d, nil, err
	}
	key := cacheKey{path: c.f.path, version: c.f.version, kind: keyDictionary, group: c.group, leaf: c.leaf, as: as}
	if d := cache.find(key); d != nil {
		return d.(*batch.Column), nil, nil
	}
	if s, last := cache.disk.find(key, cache.now()); s != nil {
		if !cache.admits(s.size(), last) {
			if d := cache.disk.lend(s); d != nil {
				return d, s, nil
			}
		}
		d = cache.disk.load(s)
	}
	if d == nil {
		if d, err = read(); err != nil {
			return nil, nil, err
		}
		cache.disk.offer(key, d)
	}
	cache.put(key, d, int64(len(d.Data)+4*len(d.Offsets))+256)
	return d, nil, nil
}
