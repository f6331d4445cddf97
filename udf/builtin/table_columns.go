package builtin

import (
	"bytes"
	"fmt"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// columnFunctions lists the table functions that turn columns into rows.
func columnFunctions() []*udf.Function {
	return []*udf.Function{
		{Name: "stack", Family: "table", Table: &udf.Table{Resolve: resolveStack, Expand: stack},
			Doc: udf.Doc{Usage: "stack(rows, x, …)", Summary: "stack(n, v…): the values in n rows, one after the other; the last row is filled with NULL.", Example: "stack(2, 'a', 1, 'b', 2)", Result: "a,1; b,2"}},
		{Name: "trans_cols", Family: "table", Table: &udf.Table{Resolve: resolveTransCols, Expand: transCols},
			Doc: udf.Doc{Usage: "trans_cols(keys, key, …, column, …)", Summary: "trans_cols(n, key…, col…): a row for each column behind the first n, which stay: its number from 1, the keys, its value.", Example: "trans_cols(1, 'k', 10, 20)", Result: "1,k,10; 2,k,20"}},
		{Name: "trans_array", Family: "table", Table: &udf.Table{Resolve: resolveTransArray, Expand: transArray},
			Doc: udf.Doc{Usage: "trans_array(keys, separator, key, …, text, …)", Summary: "trans_array(n, separator, key…, col…): a row for each part of the texts behind the first n columns, which stay; the shorter lists are filled with NULL.", Example: "trans_array(1, ',', 'k', 'a,b', 'x')", Result: "k,a,x; k,b,"}},
	}
}

// constCount is argument 0 as a constant whole number of at least least.
func constCount(name, usage string, least int64, args []udf.Arg) (int, error) {
	if len(args) > 0 && args[0].Const && args[0].Type.IsInteger() {
		if v, ok := args[0].Value.(int64); ok && v >= least && v <= maxElements {
			return int(v), nil
		}
	}
	return 0, badArgs(name, fmt.Sprintf("%s, where n is a constant of at least %d", usage, least), args)
}

// maxStack bounds the rows that stack makes of one.
const maxStack = 1 << 20

func resolveStack(args []udf.Arg) (udf.TableSignature, error) {
	const usage = "stack(n, value, …)"
	n, err := constCount("stack", usage, 1, args)
	if err == nil && (len(args) < 2 || n > maxStack) {
		err = badArgs("stack", usage, args)
	}
	if err != nil {
		return udf.TableSignature{}, err
	}
	width := (len(args) - 2 + n) / n
	sig := udf.TableSignature{Args: make([]types.Type, len(args))}
	sig.Args[0] = types.BigIntType
	for c := range width {
		var column []udf.Arg
		for i := 1 + c; i < len(args); i += width {
			column = append(column, args[i])
		}
		t, ok := commonOf(column)
		if !ok {
			return sig, badArgs("stack", fmt.Sprintf("%s; the values of column %d have no common type", usage, c+1), args)
		}
		if t.Kind == types.Null {
			t = types.StringType
		}
		for i := 1 + c; i < len(args); i += width {
			sig.Args[i] = t
		}
		sig.Columns = append(sig.Columns, types.Field{Name: fmt.Sprintf("col%d", c), Type: t})
	}
	return sig, nil
}

func stack(call *udf.TableCall, args []*batch.Column, n int) (udf.Expansion, error) {
	width := len(call.Columns)
	pools := make([]*batch.Column, width)
	for c := range pools {
		pools[c] = pooled(call.Columns[c].Type, args[1:], c, width, n)
	}
	return udf.Expansion{Counts: repeated(int(args[0].Int(0)), n), Columns: fromPools(pools, n)}, nil
}

// pooled is every width-th of args, from first on, one below the other.
func pooled(t types.Type, args []*batch.Column, first, width, n int) *batch.Column {
	b := batch.NewBuilder(t)
	for i := first; i < len(args); i += width {
		b.Append(args[i], nil)
	}
	return b.Finish()
}

func repeated(count, n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(count)
	}
	return out
}

// fromPools takes element at of a row from place at*n + row of each pool; beyond
// the end of a pool are NULLs.
func fromPools(pools []*batch.Column, n int) func(rows, at []int32) ([]*batch.Column, error) {
	return func(rows, at []int32) ([]*batch.Column, error) {
		out := make([]*batch.Column, len(pools))
		for c, pool := range pools {
			idx := make([]int32, len(rows))
			for k, i := range rows {
				if idx[k] = -1; int(at[k])*n+int(i) < pool.N {
					idx[k] = at[k]*int32(n) + i
				}
			}
			out[c] = batch.Take(pool, idx)
		}
		return out, nil
	}
}

func resolveTransCols(args []udf.Arg) (udf.TableSignature, error) {
	const usage = "trans_cols(n, key, …, column, …)"
	n, err := constCount("trans_cols", usage, 0, args)
	if err == nil && len(args) < n+2 {
		err = badArgs("trans_cols", usage, args)
	}
	if err != nil {
		return udf.TableSignature{}, err
	}
	t, ok := commonOf(args[1+n:])
	if !ok {
		return udf.TableSignature{}, badArgs("trans_cols", usage+"; the columns need a common type", args)
	}
	if t.Kind == types.Null {
		t = types.StringType
	}
	sig := udf.TableSignature{Args: typeList(types.BigIntType), Columns: types.Schema{{Name: "idx", Type: types.BigIntType}}}
	sig = withKeys(sig, args[1:1+n])
	sig.Columns = append(sig.Columns, types.Field{Name: "col1", Type: t})
	sig.Args = append(sig.Args, repeat(t, len(args)-1-n)...)
	return sig, nil
}

// withKeys adds arguments that become columns as they are.
func withKeys(sig udf.TableSignature, keys []udf.Arg) udf.TableSignature {
	for i, k := range keys {
		t := k.Type
		if t.Kind == types.Null {
			t = types.StringType
		}
		sig.Args = append(sig.Args, t)
		sig.Columns = append(sig.Columns, types.Field{Name: fmt.Sprintf("key%d", i+1), Type: t})
	}
	return sig
}

func transCols(call *udf.TableCall, args []*batch.Column, n int) (udf.Expansion, error) {
	keys := args[1 : len(call.Columns)-1]
	cols := args[1+len(keys):]
	pool := fromPools([]*batch.Column{pooled(cols[0].Type, cols, 0, 1, n)}, n)
	return udf.Expansion{
		Counts: repeated(len(cols), n),
		Columns: func(rows, at []int32) ([]*batch.Column, error) {
			out := append([]*batch.Column{numbers(at, 1)}, takeAll(keys, rows)...)
			value, err := pool(rows, at)
			return append(out, value...), err
		},
	}, nil
}

func resolveTransArray(args []udf.Arg) (udf.TableSignature, error) {
	const usage = "trans_array(n, separator, key, …, text, …)"
	n, err := constCount("trans_array", usage, 0, args)
	bad := err != nil || len(args) < n+2 || len(args) < 3 || !args[1].Const || !args[1].Type.IsText()
	for i := 2 + n; i < len(args) && !bad; i++ {
		bad = !types.CanCoerce(args[i].Type, types.StringType)
	}
	if bad {
		return udf.TableSignature{}, badArgs("trans_array", usage+" with a constant separator", args)
	}
	if sep, _ := args[1].Value.(string); sep == "" {
		return udf.TableSignature{}, invalid("the separator of trans_array is empty")
	}
	sig := withKeys(udf.TableSignature{Args: typeList(types.BigIntType, types.StringType)}, args[2:2+n])
	for i := range args[2+n:] {
		sig.Args = append(sig.Args, types.StringType)
		sig.Columns = append(sig.Columns, types.Field{Name: fmt.Sprintf("col%d", i+1), Type: types.StringType})
	}
	return sig, nil
}

// transArray makes at least one row of each, so that none is lost.
func transArray(_ *udf.TableCall, args []*batch.Column, n int) (udf.Expansion, error) {
	first := 2 + int(args[0].Int(0))
	keys, cols := args[2:first], args[first:]
	counts := repeated(1, n)
	parts := make([]*batch.Column, len(cols))
	for c, col := range cols {
		parts[c] = splitAll(col, args[1].Bytes(0), n)
		for i := range counts {
			from, to := spanOf(parts[c], i)
			counts[i] = max(counts[i], int32(to-from))
		}
	}
	return udf.Expansion{
		Counts: counts,
		Columns: func(rows, at []int32) ([]*batch.Column, error) {
			out := takeAll(keys, rows)
			for _, p := range parts {
				idx := make([]int32, len(rows))
				for k, i := range rows {
					from, to := spanOf(p, int(i))
					if idx[k] = -1; from+int(at[k]) < to {
						idx[k] = int32(from) + at[k]
					}
				}
				out = append(out, batch.Take(p.Children[0], idx))
			}
			return out, nil
		},
	}, nil
}

// splitAll cuts the texts of c into lists; NULL is an empty list.
func splitAll(c *batch.Column, sep []byte, n int) *batch.Column {
	var data []byte
	ends, offsets := []int32{0}, make([]int32, n+1)
	for i := range n {
		text, more := c.Bytes(i), !c.IsNull(i)
		for more {
			var part []byte
			part, text, more = bytes.Cut(text, sep)
			data = append(data, part...)
			ends = append(ends, int32(len(data)))
		}
		offsets[i+1] = int32(len(ends) - 1)
	}
	return &batch.Column{
		Type: types.ArrayOf(types.StringType), Phys: batch.PhysList, N: n, Offsets: offsets,
		Children: []*batch.Column{batch.FromBytes(types.StringType, data, ends, nil)},
	}
}
