package builtin

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

func sketchAggregates() []*udf.Function {
	return []*udf.Function{
		{Name: "approx_distinct", Family: "aggregate",
			Doc: udf.Doc{Summary: "The number of distinct values, with a standard error of 2.3 % (exact up to 128).", Example: "approx_distinct('a')", Result: "1"},
			Resolve: func(args []udf.Arg) (udf.Signature, error) {
				t, err := oneArg("approx_distinct", args)
				return udf.Signature{Args: []types.Type{t}, Returns: types.BigIntType}, err
			},
			Aggregate: &udf.Aggregate{
				EmptyIsZero:       true,
				IgnoresDuplicates: true,
				State:             func(udf.Signature) []types.Type { return []types.Type{types.BinaryType} },
				New:               func(*udf.Call) udf.Accumulator { return &distinctSketch{} },
			}},
	}
}

const (
	sketchBits   = 11
	registers    = 1 << sketchBits
	sparseHashes = 128
)

// distinctSketch estimates the number of distinct hashes of each group: the set
// of hashes while it is small, then a HyperLogLog of 2048 registers. Which of the
// two it is depends only on the number of distinct hashes, so the estimate does
// not depend on the order of the rows.
type distinctSketch struct {
	sketches []sketch
	hasher   batch.Hasher
	hashes   []uint64
	held     int64
}

type sketch struct {
	set  []uint64 // ascending
	regs []uint8  // nil while the set is small
}

func (a *distinctSketch) Resize(groups int) { a.sketches = resize(a.sketches, groups) }

func (a *distinctSketch) Update(groups []int32, args []*batch.Column) error {
	a.hashes = a.hasher.Hash(args, len(groups), a.hashes)
	for i, g := range groups {
		if !args[0].IsNull(i) {
			a.add(&a.sketches[g], a.hashes[i])
		}
	}
	return nil
}

func (a *distinctSketch) add(s *sketch, h uint64) {
	if s.regs != nil {
		s.register(h)
		return
	}
	at, found := slices.BinarySearch(s.set, h)
	if found {
		return
	}
	old := cap(s.set)
	s.set = slices.Insert(s.set, at, h)
	a.held += 8 * int64(cap(s.set)-old)
	if len(s.set) > sparseHashes {
		a.densify(s)
	}
}

func (a *distinctSketch) densify(s *sketch) {
	a.held += registers - 8*int64(cap(s.set))
	set := s.set
	s.set, s.regs = nil, make([]uint8, registers)
	for _, h := range set {
		s.register(h)
	}
}

func (s *sketch) register(h uint64) {
	at := h >> (64 - sketchBits)
	rank := uint8(bits.LeadingZeros64(h<<sketchBits|1<<(sketchBits-1)) + 1)
	s.regs[at] = max(s.regs[at], rank)
}

// estimate is Ertl's improved estimator (2017), which needs no correction tables.
func (s *sketch) estimate() int64 {
	if s.regs == nil {
		return int64(len(s.set))
	}
	const q = 64 - sketchBits
	var counts [q + 2]int
	for _, r := range s.regs {
		counts[r]++
	}
	z := registers * tau(1-float64(counts[q+1])/registers)
	for k := q; k >= 1; k-- {
		z = 0.5 * (z + float64(counts[k]))
	}
	z += registers * sigma(float64(counts[0])/registers)
	return int64(math.Round(registers / (2 * math.Ln2) * registers / z))
}

func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	z, y := x, 1.0
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
	z, y := 1-x, 1.0
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

var errSketch = errors.New("damaged partial state of approx_distinct")

// Merge: a state is the hashes of a small set, 8 bytes each, or the registers.
func (a *distinctSketch) Merge(groups []int32, state []*batch.Column) error {
	for i, g := range groups {
		if state[0].IsNull(i) {
			continue
		}
		s, b := &a.sketches[g], state[0].Bytes(i)
		switch {
		case len(b) == registers:
			if s.regs == nil {
				a.densify(s)
			}
			for k, r := range b {
				s.regs[k] = max(s.regs[k], r)
			}
		case len(b)%8 != 0 || len(b) > 8*sparseHashes:
			return errSketch
		default:
			for ; len(b) > 0; b = b[8:] {
				a.add(s, binary.LittleEndian.Uint64(b))
			}
		}
	}
	return nil
}

func (a *distinctSketch) State(from, to int) ([]*batch.Column, error) {
	out := newTexts(to - from)
	for _, s := range a.sketches[from:to] {
		out.data = append(out.data, s.regs...)
		for _, h := range s.set {
			out.data = binary.LittleEndian.AppendUint64(out.data, h)
		}
		out.end()
	}
	return []*batch.Column{out.column(types.BinaryType)}, nil
}

func (a *distinctSketch) Final(from, to int) (*batch.Column, error) {
	out := make([]int64, to-from)
	for i := range out {
		out[i] = a.sketches[from+i].estimate()
	}
	return batch.FromValues(types.BigIntType, batch.PhysI64, out, nil), nil
}

func (a *distinctSketch) Size() int64 {
	return 48*int64(cap(a.sketches)) + 8*int64(cap(a.hashes)) + a.held
}
