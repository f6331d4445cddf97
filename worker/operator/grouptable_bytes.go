package operator

import (
	"bytes"
	"encoding/binary"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// bytesTable is the groupTable of any keys: they are kept serialised in an
// arena and found by hash.
type bytesTable struct {
	types  []types.Type
	slots  []uint64 // upper half of the hash, then group+1; 0: free
	hashOf []uint64
	where  []arenaRef
	arena  arena
	rows   rowWriter
}

func newBytesTable(ts []types.Type) *bytesTable {
	return &bytesTable{types: ts, slots: make([]uint64, startSlots)}
}

func (t *bytesTable) hashes() []uint64 { return t.hashOf }

func (t *bytesTable) size() int64 {
	return 8*int64(len(t.slots)+cap(t.hashOf)+cap(t.where)) + t.arena.size +
		int64(cap(t.rows.buf)) + 8*int64(cap(t.rows.ends))
}

func (t *bytesTable) growth(keys []*batch.Column, n int) int64 {
	more := int64(arenaChunk)
	if have := cap(t.hashOf); len(t.hashOf)+n > have {
		more += 16 * int64(max(n, have/4))
	}
	if s := slotsFor(len(t.slots), len(t.hashOf)+n); s > len(t.slots) {
		more += 8 * int64(s)
	}
	for _, c := range keys {
		if c.Phys == batch.PhysBytes && c.Enc == batch.Flat && c.N > 0 {
			more += int64(c.Offsets[c.N] - c.Offsets[0])
		} else {
			more += 16 * int64(n)
		}
	}
	return more
}

func (t *bytesTable) assign(keys []*batch.Column, hashes []uint64, ids []int32) {
	t.rows.write(keys, len(ids))
	slots := t.slots
	for i := range ids {
		h := hashes[i]
		key := t.rows.row(int32(i))
		tag := h &^ (1<<32 - 1)
		p := h
		for {
			s := &slots[p&uint64(len(slots)-1)]
			if *s == 0 {
				t.hashOf = appendGrown(t.hashOf, h)
				t.where = appendGrown(t.where, t.arena.add(key))
				*s = tag | uint64(len(t.hashOf))
				ids[i] = int32(len(t.hashOf) - 1)
				break
			}
			if g := uint32(*s) - 1; *s&^(1<<32-1) == tag && bytes.Equal(t.arena.at(t.where[g], len(key)), key) {
				ids[i] = int32(g)
				break
			}
			p++
		}
		if crowded(len(slots), len(t.hashOf)) {
			t.grow()
			slots = t.slots
		}
	}
}

func (t *bytesTable) grow() {
	slots := make([]uint64, 2*len(t.slots))
	for g, h := range t.hashOf {
		p := h
		for slots[p&uint64(len(slots)-1)] != 0 {
			p++
		}
		slots[p&uint64(len(slots)-1)] = h&^(1<<32-1) | uint64(g+1)
	}
	t.slots = slots
}

func (t *bytesTable) keys(from, to int) []*batch.Column {
	n := to - from
	rest := make([][]byte, n)
	for i, ref := range t.where[from:to] {
		rest[i] = t.arena.from(ref)
	}
	out := make([]*batch.Column, len(t.types))
	for k, typ := range t.types {
		out[k] = readColumn(typ, rest)
	}
	return out
}

// readColumn reads the next serialised value of each row and advances rows.
func readColumn(t types.Type, rows [][]byte) *batch.Column {
	if t.IsNested() {
		b := batch.NewBuilder(t)
		for i := range rows {
			var v types.Datum
			v, rows[i] = readDatum(t, rows[i])
			b.AppendDatum(v)
		}
		return b.Finish()
	}
	n := len(rows)
	var valid batch.Bitmap
	null := func(i int) {
		if valid == nil {
			valid = batch.NewBitmapSet(n)
		}
		valid.Clear(i)
		rows[i] = rows[i][1:]
	}
	if batch.PhysOf(t) == batch.PhysBytes {
		offsets := make([]int32, n+1)
		var data []byte
		for i, s := range rows {
			if s[0] == 0 {
				null(i)
			} else {
				l := binary.LittleEndian.Uint32(s[1:])
				data = append(data, s[5:5+l]...)
				rows[i] = s[5+l:]
			}
			offsets[i+1] = int32(len(data))
		}
		return batch.FromBytes(t, data, offsets, valid)
	}
	c := batch.NewFixed(t, n)
	w := fixedBytes(t)
	for i, s := range rows {
		if s[0] == 0 {
			null(i)
			continue
		}
		if c.Phys == batch.PhysBool {
			c.Bits().SetTo(i, s[1] != 0)
		} else {
			copy(c.Data[i*w:(i+1)*w], s[1:])
		}
		rows[i] = s[1+w:]
	}
	c.Valid = valid
	if c.Phys == batch.PhysI128 {
		return narrowed(c)
	}
	return c
}

// arena keeps byte strings in large chunks.
type arena struct {
	chunks [][]byte
	size   int64
}

// arenaRef is a place in an arena: chunk in the upper half, offset in the lower.
type arenaRef uint64

const arenaChunk = 64 << 10

// add copies s and gives its place. s is contiguous there.
func (a *arena) add(s []byte) arenaRef {
	last := len(a.chunks) - 1
	if last < 0 || len(a.chunks[last])+len(s) > cap(a.chunks[last]) {
		c := make([]byte, 0, max(arenaChunk, len(s)))
		a.chunks = append(a.chunks, c)
		a.size += int64(cap(c))
		last++
	}
	at := len(a.chunks[last])
	a.chunks[last] = append(a.chunks[last], s...)
	return arenaRef(last)<<32 | arenaRef(at)
}

// from is everything from ref to the end of its chunk.
func (a *arena) from(ref arenaRef) []byte { return a.chunks[ref>>32][uint32(ref):] }

// at is n bytes at ref, fewer if the chunk ends before.
func (a *arena) at(ref arenaRef, n int) []byte {
	c := a.from(ref)
	return c[:min(n, len(c))]
}
