package builtin

import (
	"encoding/binary"
	"encoding/hex"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// randomFunctions lists the functions that give another value in each row. What
// they give follows from the call's seed and the number of the row, so that a
// task that is run again gives the same.
func randomFunctions() []*udf.Function {
	return []*udf.Function{
		{Name: "rand", Aliases: []string{"random"}, Family: "math", Args: typeList(types.BigIntType), Optional: 1, Returns: types.DoubleType, Volatile: true,
			Doc: udf.Doc{Summary: "A random number from 0 to less than 1; with a seed the same numbers each time.", Example: "rand() >= 0", Result: "true"},
			Eval: func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
				out := make([]float64, n)
				for i := range out {
					seed := call.Seed
					if len(args) > 0 && !args[0].IsNull(i) {
						seed = mix(seed, uint64(args[0].Int(i)))
					}
					out[i] = float64(mix(seed, uint64(call.Row)+uint64(i))>>11) / (1 << 53)
				}
				return batch.FromValues(types.DoubleType, batch.PhysF64, out, nil), nil
			}},
		{Name: "uuid", Family: "other", Returns: types.StringType, Volatile: true,
			Doc: udf.Doc{Summary: "A random universally unique identifier.", Example: "length(uuid())", Result: "36"},
			Eval: kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
				return appendUUID(dst, r.Call.Seed, uint64(r.Call.Row)+uint64(r.Index)), nil
			})},
		{Name: "unique_id", Family: "other", Returns: types.StringType, Volatile: true,
			Doc: udf.Doc{Summary: "A random identifier with a suffix.", Example: "length(unique_id())", Result: "38"},
			Eval: kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
				return append(appendUUID(dst, ^r.Call.Seed, uint64(r.Call.Row)+uint64(r.Index)), "_0"...), nil
			})},
	}
}

// mix is the splitmix64 generator at position i of the sequence of a seed.
func mix(seed, i uint64) uint64 {
	z := seed + (i+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// appendUUID writes a version 4 identifier.
func appendUUID(dst []byte, seed, row uint64) []byte {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], mix(seed, 2*row))
	binary.BigEndian.PutUint64(b[8:], mix(seed, 2*row+1))
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	for _, part := range [][]byte{b[:4], b[4:6], b[6:8], b[8:10]} {
		dst = append(hex.AppendEncode(dst, part), '-')
	}
	return hex.AppendEncode(dst, b[10:])
}
