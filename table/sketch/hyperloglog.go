// Package sketch estimates numbers of distinct values. Sketches are a few
// kilobytes, merge without loss in any order, and are kept with data files.
package sketch

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"

	"github.com/zeebo/xxh3"
)

const (
	precision = 12
	registers = 1 << precision
	// rankMax is the largest rank: all hash bits behind the register index zero.
	rankMax = 64 - precision + 1
)

// HyperLogLog counts distinct hashes with a standard error of 1.6 %. The zero
// value is empty.
type HyperLogLog struct {
	rank [registers]uint8
}

// Add counts a value by its hash, which must be well mixed.
func (h *HyperLogLog) Add(hash uint64) {
	i := hash >> (64 - precision)
	r := uint8(bits.LeadingZeros64(hash<<precision|1<<(precision-1))) + 1
	if r > h.rank[i] {
		h.rank[i] = r
	}
}

// AddInt counts an integer, date, timestamp or narrow decimal.
func (h *HyperLogLog) AddInt(v int64) { h.Add(mix(uint64(v))) }

// AddWide counts a 128-bit integer; one that fits 64 bits as AddInt does.
func (h *HyperLogLog) AddWide(lo uint64, hi int64) {
	if hi == int64(lo)>>63 {
		h.Add(mix(lo))
		return
	}
	h.Add(mix(lo ^ mix(uint64(hi))))
}

// AddFloat counts a float; zeros are one value, and so are NaNs.
func (h *HyperLogLog) AddFloat(v float64) {
	switch {
	case v == 0:
		v = 0
	case v != v:
		v = math.NaN()
	}
	h.Add(mix(math.Float64bits(v)))
}

// AddBytes counts a text.
func (h *HyperLogLog) AddBytes(b []byte) { h.Add(xxh3.Hash(b)) }

// mix is the finalizer of SplitMix64: every input bit reaches every output bit.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Merge makes h the sketch of both sets.
func (h *HyperLogLog) Merge(o *HyperLogLog) {
	for i, r := range o.rank {
		h.rank[i] = max(h.rank[i], r)
	}
}

// Estimate is the number of distinct hashes added, by Ertl's improved raw
// estimator ("New cardinality estimation algorithms for HyperLogLog sketches",
// 2017), which needs no correction tables.
func (h *HyperLogLog) Estimate() float64 {
	var count [rankMax + 1]int
	for _, r := range h.rank {
		count[r]++
	}
	const m, q = float64(registers), rankMax - 1
	z := m * tau(1-float64(count[q+1])/m)
	for k := q; k >= 1; k-- {
		z = 0.5 * (z + float64(count[k]))
	}
	z += m * sigma(float64(count[0])/m)
	return m * m / (2 * math.Ln2 * z)
}

func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	y, z := 1.0, x
	for {
		x *= x
		last := z
		z += x * y
		y += y
		if z == last {
			return z
		}
	}
}

func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	y, z := 1.0, 1-x
	for {
		x = math.Sqrt(x)
		last := z
		y *= 0.5
		z -= (1 - x) * (1 - x) * y
		if z == last {
			return z / 3
		}
	}
}

// The encodings: a version byte, then either (index, rank) pairs or all ranks.
const (
	formSparse = 1 // 3 bytes a register that is not zero
	formDense  = 2 // a byte a register
)

// Marshal is the sketch as bytes, small while few registers are set.
func (h *HyperLogLog) Marshal() []byte {
	set := 0
	for _, r := range h.rank {
		if r != 0 {
			set++
		}
	}
	if 3*set >= registers {
		return append([]byte{formDense}, h.rank[:]...)
	}
	out := make([]byte, 1, 1+3*set)
	out[0] = formSparse
	for i, r := range h.rank {
		if r != 0 {
			out = append(binary.LittleEndian.AppendUint16(out, uint16(i)), r)
		}
	}
	return out
}

var errMalformed = errors.New("not a HyperLogLog sketch")

// Unmarshal reads what Marshal wrote.
func Unmarshal(b []byte) (*HyperLogLog, error) {
	h := &HyperLogLog{}
	switch {
	case len(b) == 1+registers && b[0] == formDense:
		copy(h.rank[:], b[1:])
	case len(b) > 0 && b[0] == formSparse && (len(b)-1)%3 == 0:
		for b = b[1:]; len(b) > 0; b = b[3:] {
			i := binary.LittleEndian.Uint16(b)
			if int(i) >= registers {
				return nil, errMalformed
			}
			h.rank[i] = b[2]
		}
	default:
		return nil, errMalformed
	}
	for _, r := range h.rank {
		if r > rankMax {
			return nil, errMalformed
		}
	}
	return h, nil
}
