package builtin

import (
	"encoding/binary"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/udf"
)

// The entry of a row in an ordered collection is the sortable encoding of its
// keys, the entry without order, and the length of the first part, four bytes.
// Entries sort by the keys, then by the value.
const keyLengthBytes = 4

// orderedEntries puts the keys of call's order before what encode appends.
func orderedEntries(call *udf.Call, encode encodeRow) encodeRow {
	return func(dst []byte, args []*batch.Column, by, i int) []byte {
		from := len(dst)
		first := len(call.Args) - len(call.Order)
		for k, d := range call.Order {
			dst = appendOrderKey(dst, args[first+k], i, d)
		}
		length := uint32(len(dst) - from)
		dst = encode(dst, args, by, i)
		return binary.BigEndian.AppendUint32(dst, length)
	}
}

// appendOrderKey appends the encoding of row i of c such that bytewise order is
// the order d.
func appendOrderKey(dst []byte, c *batch.Column, i int, d udf.Direction) []byte {
	null := c.IsNull(i)
	if null != d.NullsFirst {
		dst = append(dst, 1)
	} else {
		dst = append(dst, 0)
	}
	if null {
		return dst
	}
	from := len(dst)
	flat, j := c.Index(i)
	dst = appendInner(dst, flat, j)
	if d.Desc {
		for k := from; k < len(dst); k++ {
			dst[k] = ^dst[k]
		}
	}
	return dst
}

// orderedResult gives result the entries without their keys and, if distinct,
// each but once, where it comes first.
func orderedResult(distinct bool, result func(*udf.Call, [][]byte, *batch.Builder) error) func(*udf.Call, [][]byte, *batch.Builder) error {
	return func(call *udf.Call, es [][]byte, b *batch.Builder) error {
		values := make([][]byte, 0, len(es))
		seen := map[string]bool{}
		for _, e := range es {
			at := len(e) - keyLengthBytes
			v := e[binary.BigEndian.Uint32(e[at:]):at]
			if distinct {
				if seen[string(v)] {
					continue
				}
				seen[string(v)] = true
			}
			values = append(values, v)
		}
		return result(call, values, b)
	}
}
