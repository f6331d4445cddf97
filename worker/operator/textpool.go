package operator

import (
	"bytes"
	"encoding/binary"
	"unsafe"

	"github.com/zeebo/xxh3"

	"github.com/bixidata/bixi/batch"
)

// textPool packs texts; it keeps the long ones, each once.
type textPool struct {
	slots []pooledText
	count int
	arena arena
}

// pooledText is a slot: free if its length is 0.
type pooledText struct {
	tag uint32 // upper half of the text's hash
	len uint32
	ref arenaRef
}

// inlineMask are the bits of the words of an inline text that its bytes take, and
// inlineLen its last byte, by its length.
var inlineMask, inlineLen = func() (masks [inlineText + 1]packedText, lens [inlineText + 1]uint64) {
	for n := range masks {
		masks[n] = packedText{1<<(8*min(n, 8)) - 1, 1<<(8*max(n-8, 0)) - 1}
		lens[n] = uint64(n+1) << lengthAt
	}
	return masks, lens
}()

// pack gives the words of data[lo:hi].
func (p *textPool) pack(data []byte, lo, hi int) packedText {
	if n := uint(hi - lo); n <= inlineText && lo+16 <= len(data) {
		return inlined(data, lo, n)
	}
	return p.packOther(data[lo:hi])
}

// packOther gives the words of a text that is long or at the end of its memory.
func (p *textPool) packOther(s []byte) packedText {
	n := uint(len(s))
	switch {
	case n <= inlineText:
		var buf [16]byte
		copy(buf[:], s)
		return inlined(buf[:], 0, n)
	case n == inlineText+1 && s[inlineText] > inlineText+1 && s[inlineText] < 0xff:
		return packedText{binary.LittleEndian.Uint64(s), binary.LittleEndian.Uint64(s[8:])}
	}
	return p.keep(s)
}

// inlined gives the words of data[lo:lo+n], an inline text with 16 bytes from lo on.
func inlined(data []byte, lo int, n uint) packedText {
	two, mask := (*[16]byte)(data[lo:]), &inlineMask[n&inlineText]
	return packedText{
		binary.LittleEndian.Uint64(two[:]) & mask[0],
		binary.LittleEndian.Uint64(two[8:])&mask[1] | inlineLen[n&inlineText],
	}
}

// keep finds or keeps a long text.
func (p *textPool) keep(s []byte) packedText {
	if pooled := p.count + 1; crowded(len(p.slots), pooled) {
		p.grow(slotsFor(max(len(p.slots), startSlots), pooled))
	}
	tag, n := uint32(xxh3.Hash(s)>>32), uint32(len(s))
	for at := int(tag >> homeShift(len(p.slots))); ; at++ {
		slot := &p.slots[at&(len(p.slots)-1)]
		if slot.len == 0 {
			*slot = pooledText{tag: tag, len: n, ref: p.arena.add(s)}
			p.count++
		} else if slot.tag != tag || slot.len != n || !bytes.Equal(p.arena.at(slot.ref, len(s)), s) {
			continue
		}
		return packedText{uint64(slot.ref), pooledMark | uint64(n)}
	}
}

func (p *textPool) grow(size int) {
	slots := batch.Zeroes[pooledText](size)
	shift := homeShift(size)
	for _, s := range p.slots {
		if s.len == 0 {
			continue
		}
		at := int(s.tag >> shift)
		for slots[at&(size-1)].len != 0 {
			at++
		}
		slots[at&(size-1)] = s
	}
	p.slots = slots
}

func (p *textPool) size() int64 {
	return int64(len(p.slots))*int64(unsafe.Sizeof(pooledText{})) + p.arena.size
}

// growth is the most that this many texts more of so many bytes may add to size.
func (p *textPool) growth(texts int, bytes int64) int64 {
	if texts == 0 {
		return 0
	}
	if s := slotsFor(max(len(p.slots), startSlots), p.count+texts); s > len(p.slots) {
		bytes += int64(s) * int64(unsafe.Sizeof(pooledText{}))
	}
	return bytes + arenaChunk
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

// at is the n bytes at ref.
func (a *arena) at(ref arenaRef, n int) []byte {
	return a.chunks[ref>>32][uint32(ref):][:n]
}
