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
	mu    struct {
		sync.Mutex
		used    int64
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

func (c *Cache) onDisk() *diskCache {
	if c == nil {
		return nil
	}
	return c.disk
}

// get finds a value or makes it. Two callers may make the same one at the same
// time; either is as good.
func (c *Cache) get(key cacheKey, makeValue func() (any, int64, error)) (any, error) {
	if c == nil || key.version == "" {
		v, _, err := makeValue()
		return v, err
	}
	c.mu.Lock()
	if e := c.mu.entries[key]; e != nil {
		c.mu.recent.MoveToFront(e)
		c.mu.Unlock()
		return e.Value.(*cacheEntry).value, nil
	}
	c.mu.Unlock()
	v, n, err := makeValue()
	if err == nil {
		c.put(&cacheEntry{key, v, n})
	}
	return v, err
}

func (c *Cache) put(e *cacheEntry) {
	// An entry that would push out much of the rest is not worth it.
	if e.bytes > c.limit/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mu.entries[e.key] != nil {
		return
	}
	c.mu.entries[e.key] = c.mu.recent.PushFront(e)
	for c.mu.used += e.bytes; c.mu.used > c.limit; {
		last := c.mu.recent.Remove(c.mu.recent.Back()).(*cacheEntry)
		delete(c.mu.entries, last.key)
		c.mu.used -= last.bytes
	}
}

// cached is a value that belongs to a chunk of f.
func (f *File) cached(kind cacheKind, group, leaf int, makeValue func() (any, int64, error)) (any, error) {
	return f.cache.get(cacheKey{path: f.path, version: f.version, kind: kind, group: group, leaf: leaf}, makeValue)
}

// dictionary is cached for a dictionary whose values are converted to type as.
func (c chunk) dictionary(as string, read func() (*batch.Column, error)) (*batch.Column, error) {
	key := cacheKey{path: c.f.path, version: c.f.version, kind: keyDictionary, group: c.group, leaf: c.leaf, as: as}
	v, err := c.f.cache.get(key, func() (any, int64, error) {
		disk := c.f.cache.onDisk()
		d := disk.load(key)
		if d == nil {
			var err error
			if d, err = read(); err != nil {
				return nil, 0, err
			}
			disk.offer(key, d)
		}
		return d, int64(len(d.Data)+4*len(d.Offsets)) + 256, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*batch.Column), nil
}
