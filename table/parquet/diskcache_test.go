package parquet

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// numbers and texts are dictionaries that differ by seed, of about 32 KiB; many is one
// that is lent, of about 128.
func numbers(seed int) *batch.Column { return upFrom(seed, 4096) }

func many(seed int) *batch.Column { return upFrom(seed, leastLent) }

func upFrom(seed, n int) *batch.Column {
	v := make([]int64, n)
	for i := range v {
		v[i] = int64(seed*len(v) + i)
	}
	return batch.FromValues(types.BigIntType, batch.PhysI64, v, nil)
}

func texts(seed int) *batch.Column {
	v := make([]string, 2048)
	for i := range v {
		v[i] = fmt.Sprintf("text %d of %d", i, seed)
	}
	return batch.FromStrings(types.StringType, v)
}

func keyOf(i int) cacheKey { return cacheKey{path: "f", version: "1", kind: keyDictionary, group: i} }

func same(a, b *batch.Column) bool {
	return a != nil && a.Type.Equal(b.Type) && a.Phys == b.Phys && a.N == b.N && string(a.Data) == string(b.Data) &&
		string(batch.BytesOf(a.Offsets)) == string(batch.BytesOf(b.Offsets))
}

// loaded is what d gives for key, in memory of its own.
func loaded(d *diskCache, key cacheKey) *batch.Column {
	s, _ := d.find(key, 0)
	if s == nil {
		return nil
	}
	return d.load(s)
}

func TestDiskCache(t *testing.T) {
	d := newDiskCache(filepath.Join(t.TempDir(), "d"), 1<<20)
	for i, c := range []*batch.Column{numbers(1), texts(2)} {
		d.offer(keyOf(i), c)
		if loaded(d, keyOf(i)) != nil {
			t.Errorf("%d is saved although it was decoded once", i)
		}
		d.offer(keyOf(i), c)
		if !same(loaded(d, keyOf(i)), c) {
			t.Errorf("%d is not what was saved", i)
		}
	}
	if err := d.close(); err != nil {
		t.Error(err)
	}
	d.offer(keyOf(0), numbers(1))
	if loaded(d, keyOf(0)) != nil || loaded(d, keyOf(1)) != nil {
		t.Error("a closed cache gives dictionaries")
	}
}

// The file takes no more than its limit, and what is loaded is what was saved or
// nothing, however often the file is filled and by whom.
func TestDiskCacheFull(t *testing.T) {
	const limit = 300 << 10
	path := filepath.Join(t.TempDir(), "d")
	d := newDiskCache(path, limit)
	var wg sync.WaitGroup
	var mu sync.Mutex
	hits := 0
	for g := range 4 {
		wg.Go(func() {
			for round := range 12 {
				for i := range 12 {
					n := (i + 3*g) % 12
					make := numbers
					if n%3 == 0 {
						make = texts
					}
					if c := loaded(d, keyOf(n)); c == nil {
						d.offer(keyOf(n), make(n))
					} else if !same(c, make(n)) {
						t.Errorf("round %d: dictionary %d is another", round, n)
					} else {
						mu.Lock()
						hits++
						mu.Unlock()
					}
				}
			}
		})
	}
	wg.Wait()
	info, err := os.Stat(path)
	if err != nil || info.Size() > limit {
		t.Errorf("the file takes %d bytes of %d: %v", info.Size(), limit, err)
	}
	if hits == 0 {
		t.Error("nothing was found")
	}
	if err := d.close(); err != nil {
		t.Error(err)
	}
}

// Bytes that changed on the disk are not used, and a directory that is gone costs
// only the time it saves.
func TestDiskCacheBroken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d")
	d := newDiskCache(path, 1<<20)
	for range 2 {
		d.offer(keyOf(0), numbers(0))
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{1}, 77); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if loaded(d, keyOf(0)) != nil {
		t.Error("damaged bytes were used")
	}
	if err := d.close(); err != nil {
		t.Error(err)
	}
	gone := newDiskCache(filepath.Join(t.TempDir(), "no", "d"), 1<<20)
	for range 3 {
		gone.offer(keyOf(0), numbers(0))
	}
	if loaded(gone, keyOf(0)) != nil {
		t.Error("saved in a directory that does not exist")
	}
	if err := gone.close(); err != nil {
		t.Error(err)
	}
}

// A dictionary that is lent stays what it is, whatever is saved meanwhile, and what
// was damaged is not lent.
func TestDiskCacheLends(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("dictionaries are lent on Linux only")
	}
	path := filepath.Join(t.TempDir(), "d")
	d := newDiskCache(path, 10<<20)
	save := func(i int) *savedDict {
		for range 2 {
			d.offer(keyOf(i), many(i))
		}
		s, _ := d.find(keyOf(i), 0)
		return s
	}
	first, damaged := save(0), save(1)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{99}, damaged.from+77); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if d.lend(damaged) != nil {
		t.Error("damaged bytes were lent")
	}
	lent := d.lend(first)
	if !same(lent, many(0)) || !lent.Lent {
		t.Fatal("what is lent is not what was saved")
	}
	for i := range 60 {
		save(2 + i)
	}
	if !same(lent, many(0)) {
		t.Error("what was lent has changed")
	}
	if first.gone {
		t.Error("the place of what is lent was given away")
	}
	d.giveBack(first)
	for i := range 60 {
		save(100 + i)
	}
	if !first.gone {
		t.Error("the place was not used again")
	}
	if err := d.close(); err != nil {
		t.Error(err)
	}
}

// Dictionaries that were given back do not count as the process's memory for long.
func TestDiskCacheLeaves(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("dictionaries are lent on Linux only")
	}
	path := filepath.Join(t.TempDir(), "d")
	d := newDiskCache(path, 4*mostIdle)
	const size = 8 * leastLent
	for i := range 3 * mostIdle / size {
		for range 2 {
			d.offer(keyOf(i), many(i))
		}
		s, _ := d.find(keyOf(i), 0)
		for range 2 { // lent again while it is idle
			if c := d.lend(s); !same(c, many(i)) {
				t.Fatalf("dictionary %d is not what was saved", i)
			}
			d.giveBack(s)
		}
		if n := resident(t, path); n > mostIdle+1<<20 {
			t.Fatalf("%d bytes of the file are resident after %d dictionaries", n, i+1)
		}
	}
	if err := d.close(); err != nil {
		t.Error(err)
	}
}

// resident is how many bytes of a mapped file count as this process's.
func resident(t *testing.T, path string) int64 {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(maps), path+"\n")
	_, rest, found2 := strings.Cut(rest, "\nRss:")
	var kb int64
	if _, err := fmt.Sscan(rest, &kb); err != nil || !found || !found2 {
		t.Fatalf("the file is not mapped: %v", err)
	}
	return kb << 10
}
