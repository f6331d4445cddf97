package parquet

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/parquet-go/parquet-go/encoding/bitpacked"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/format"
)

// levelsV1 decodes the levels at the beginning of the body and gives the rest.
func (p *pageReader) levelsV1(body []byte) (rest []byte, err error) {
	if p.maxRep > 0 {
		if p.rep, body, err = cutLevels(p.repMem, body, p.header.reps, p.maxRep, p.header.values); err != nil {
			return nil, err
		}
		p.repMem = p.rep
	}
	if p.maxDef > 0 {
		levels := body
		if allFull(levels, p.header.defs, p.maxDef, p.header.values) {
			return body[4+binary.LittleEndian.Uint32(body):], nil
		}
		if p.def, body, err = cutLevels(p.defMem, body, p.header.defs, p.maxDef, p.header.values); err != nil {
			return nil, err
		}
		p.defMem = p.def
	}
	return body, nil
}

// levelsV2 decodes the levels of a page of the second version. Some writers give
// lengths of levels that a column has not got.
func (p *pageReader) levelsV2(packed []byte) (err error) {
	h := &p.header
	reps, defs := packed[:h.repLen], packed[h.repLen:h.repLen+h.defLen]
	if p.maxRep > 0 {
		if p.rep, err = decodeLevels(p.repMem, reps, format.RLE, p.maxRep, h.values); err != nil {
			return err
		}
		p.repMem = p.rep
	}
	if p.maxDef > 0 && !oneRun(defs, p.maxDef, h.values) {
		if p.def, err = decodeLevels(p.defMem, defs, format.RLE, p.maxDef, h.values); err != nil {
			return err
		}
		p.defMem = p.def
	}
	return nil
}

// cutLevels decodes levels that begin with their length.
func cutLevels(dst, src []byte, e format.Encoding, most byte, n int) (levels, rest []byte, err error) {
	if e == format.BitPacked { // of old: no length
		size := (n*bits.Len8(most) + 7) / 8
		if size > len(src) {
			return nil, nil, errShort
		}
		levels, err = decodeLevels(dst, src[:size], e, most, n)
		return levels, src[size:], err
	}
	if len(src) < 4 {
		return nil, nil, errShort
	}
	size := uint64(binary.LittleEndian.Uint32(src))
	if size > uint64(len(src)-4) {
		return nil, nil, errShort
	}
	levels, err = decodeLevels(dst, src[4:4+size], e, most, n)
	return levels, src[4+size:], err
}

func decodeLevels(dst, src []byte, e format.Encoding, most byte, n int) (levels []byte, err error) {
	width := bits.Len8(most)
	switch e {
	case format.RLE:
		levels, err = (&rle.Encoding{BitWidth: width}).DecodeLevels(dst, src)
	case format.BitPacked:
		levels, err = (&bitpacked.Encoding{BitWidth: width}).DecodeLevels(dst, src)
	default:
		err = fmt.Errorf("levels encoded as %s", e)
	}
	if err != nil {
		return nil, err
	}
	if len(levels) < n {
		return nil, errShort
	}
	levels = levels[:n]
	for _, l := range levels {
		if l > most {
			return nil, errLevels
		}
	}
	return levels, nil
}

// allFull reports whether levels that begin with their length are one run of
// the highest level: no value is NULL.
func allFull(src []byte, e format.Encoding, most byte, n int) bool {
	if e != format.RLE || len(src) < 4 {
		return false
	}
	size := uint64(binary.LittleEndian.Uint32(src))
	return size <= uint64(len(src)-4) && oneRun(src[4:4+size], most, n)
}

// oneRun reports whether n levels begin with a run of most that covers them.
func oneRun(src []byte, most byte, n int) bool {
	head, k := binary.Uvarint(src)
	return k > 0 && head&1 == 0 && head>>1 >= uint64(n) && k < len(src) && src[k] == most
}
