package parquet

import (
	"encoding/binary"
	"math"

	pq "github.com/parquet-go/parquet-go"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// RowGroupStats is what the footer says of the columns in row group g.
func (f *File) RowGroupStats(g int, cols []Column) Stats {
	rg := &f.groups[g]
	s := Stats{Rows: rg.rows, Columns: make([]table.ColumnStats, len(cols))}
	for i, c := range cols {
		n := f.find(c)
		if n == nil { // reads as NULL
			s.Columns[i] = table.ColumnStats{Nulls: rg.rows}
			continue
		}
		s.Columns[i] = f.chunkStats(rg, n, c.Type)
	}
	return s
}

func (f *File) chunkStats(rg *groupMeta, n *node, target types.Type) table.ColumnStats {
	out := table.ColumnStats{Nulls: unknownNulls}
	if n.leaf < 0 || n.err != nil {
		return out
	}
	m := &rg.chunks[n.leaf]
	out.Bytes = m.size
	if !n.optional {
		out.Nulls = 0
	} else if m.low != (span{}) && !m.deprecated || m.nulls > 0 {
		// An absent count reads as zero; writers that give bounds give counts too.
		out.Nulls = m.nulls
	}
	if m.values > out.Nulls && (!m.deprecated || signedOrder(n.leafType)) {
		out.Min, out.Max = bounds(n.leafType, target, f.text(m.low), f.text(m.high))
	}
	return out
}

// signedOrder reports whether the deprecated bounds, which compare signed, can
// be trusted for the type.
func signedOrder(lt leafType) bool {
	switch lt.kind {
	case pq.Boolean, pq.Int32, pq.Int64, pq.Float, pq.Double:
		return !lt.unsigned
	}
	return false
}

// bounds decodes a pair of encoded bounds to datums of the target type, both
// nil unless both are usable.
func bounds(lt leafType, target types.Type, lo, hi []byte) (types.Datum, types.Datum) {
	if lo == nil || hi == nil || lt.unordered || canRead(lt, target) != nil {
		return nil, nil
	}
	a, okA := bound(lt, target, lo)
	b, okB := bound(lt, target, hi)
	if !okA || !okB {
		return nil, nil
	}
	if lt.kind == pq.Float || lt.kind == pq.Double {
		x, y := a.(float64), b.(float64)
		if math.IsNaN(x) || math.IsNaN(y) {
			return nil, nil
		}
		// The format lets a zero bound stand for zeros of either sign.
		if x == 0 {
			a = math.Copysign(0, -1)
		}
		if y == 0 {
			b = 0.0
		}
	}
	return a, b
}

func bound(lt leafType, target types.Type, b []byte) (types.Datum, bool) {
	var v int64
	switch lt.kind {
	case pq.Boolean:
		if len(b) != 1 {
			return nil, false
		}
		return b[0] != 0, true
	case pq.Int32:
		if len(b) != 4 {
			return nil, false
		}
		v = int64(int32(binary.LittleEndian.Uint32(b)))
		if lt.unsigned {
			v = int64(uint32(v))
		}
	case pq.Int64:
		if len(b) != 8 {
			return nil, false
		}
		v = int64(binary.LittleEndian.Uint64(b))
		if lt.unsigned && v < 0 {
			return nil, false
		}
	case pq.Float:
		if len(b) != 4 {
			return nil, false
		}
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), true
	case pq.Double:
		if len(b) != 8 {
			return nil, false
		}
		return math.Float64frombits(binary.LittleEndian.Uint64(b)), true
	case pq.Int96:
		return nil, false
	default:
		if target.Kind != types.Decimal {
			return string(b), true
		}
		d, err := bigEndian(b)
		return d, err == nil
	}
	if target.Kind == types.Decimal {
		return decimal.FromInt64(v), true
	}
	return lt.unit.toMicros(v), true
}
