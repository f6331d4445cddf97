package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// listFunctions lists the table functions that give a row for each element.
func listFunctions() []*udf.Function {
	return []*udf.Function{
		{Name: "explode", Family: "table", Table: &udf.Table{Resolve: resolveExplode, Expand: explode},
			Doc: udf.Doc{Usage: "explode(array or map)", Summary: "A row for each element of an array (col) or entry of a map (key, value).", Example: "explode(array('a', 'b'))", Result: "a; b"}},
		{Name: "posexplode", Family: "table", Table: &udf.Table{Resolve: resolvePosexplode, Expand: posexplode},
			Doc: udf.Doc{Usage: "posexplode(array)", Summary: "explode with the place of the element, from 0, before it (pos, val).", Example: "posexplode(array('a', 'b'))", Result: "0,a; 1,b"}},
		{Name: "inline", Family: "table", Table: &udf.Table{Resolve: resolveInline, Expand: inline},
			Doc: udf.Doc{Usage: "inline(array of structs)", Summary: "A row for each struct of an array, its fields being the columns.", Example: "inline(array(struct(1, 'a'), struct(2, 'b')))", Result: "1,a; 2,b"}},
	}
}

func resolveExplode(args []udf.Arg) (udf.TableSignature, error) {
	t, err := oneArg("explode", args)
	if err != nil {
		return udf.TableSignature{}, err
	}
	cols, ok := elementColumns(t, "col")
	if !ok {
		return udf.TableSignature{}, badArgs("explode", "explode(array or map)", args)
	}
	return udf.TableSignature{Args: typeList(t), Columns: cols}, nil
}

func resolvePosexplode(args []udf.Arg) (udf.TableSignature, error) {
	t, err := oneArg("posexplode", args)
	if err != nil {
		return udf.TableSignature{}, err
	}
	cols, ok := elementColumns(t, "val")
	if !ok {
		return udf.TableSignature{}, badArgs("posexplode", "posexplode(array or map)", args)
	}
	pos := types.Field{Name: "pos", Type: types.BigIntType}
	return udf.TableSignature{Args: typeList(t), Columns: append(types.Schema{pos}, cols...)}, nil
}

func resolveInline(args []udf.Arg) (udf.TableSignature, error) {
	t, err := oneArg("inline", args)
	if err != nil || !isArray(t) || t.Elem.Kind != types.Struct {
		return udf.TableSignature{}, badArgs("inline", "inline(array of structs)", args)
	}
	return udf.TableSignature{Args: typeList(t), Columns: append(types.Schema{}, t.Elem.Fields...)}, nil
}

// elementColumns are the columns of an element of t, called name in an array.
func elementColumns(t types.Type, name string) (types.Schema, bool) {
	switch t.Kind {
	case types.Array:
		return types.Schema{{Name: name, Type: *t.Elem}}, true
	case types.Map:
		return types.Schema{{Name: "key", Type: *t.Key}, {Name: "value", Type: *t.Elem}}, true
	}
	return nil, false
}

// listSizes is the number of elements of each row; a list that is NULL has none.
func listSizes(list *batch.Column, n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		if !list.IsNull(i) {
			from, to := spanOf(list, i)
			out[i] = int32(to - from)
		}
	}
	return out
}

// places turns elements at of rows into places in the list's pool, in idx.
func places(list *batch.Column, rows, at, idx []int32) []int32 {
	idx = idx[:0]
	for k, i := range rows {
		from, _ := spanOf(list, int(i))
		idx = append(idx, int32(from)+at[k])
	}
	return idx
}

// elementPools are the columns that hold the elements of a list, one a column of
// elementColumns.
func elementPools(list *batch.Column) []*batch.Column {
	pool := batch.Flatten(list.Children[0])
	if list.Type.Kind == types.Map {
		return pool.Children
	}
	return []*batch.Column{pool}
}

func explode(_ *udf.TableCall, args []*batch.Column, n int) (udf.Expansion, error) {
	pools := elementPools(args[0])
	var idx []int32
	return udf.Expansion{
		Counts: listSizes(args[0], n),
		Columns: func(rows, at []int32) ([]*batch.Column, error) {
			idx = places(args[0], rows, at, idx)
			return takeAll(pools, idx), nil
		},
	}, nil
}

func takeAll(cols []*batch.Column, idx []int32) []*batch.Column {
	out := make([]*batch.Column, len(cols))
	for i, c := range cols {
		out[i] = batch.Take(c, idx)
	}
	return out
}

func posexplode(call *udf.TableCall, args []*batch.Column, n int) (udf.Expansion, error) {
	x, err := explode(call, args, n)
	if err != nil {
		return x, err
	}
	elements := x.Columns
	x.Columns = func(rows, at []int32) ([]*batch.Column, error) {
		cols, err := elements(rows, at)
		return append([]*batch.Column{numbers(at, 0)}, cols...), err
	}
	return x, nil
}

// numbers is a BIGINT column of at, counted from first.
func numbers(at []int32, first int64) *batch.Column {
	out := make([]int64, len(at))
	for k, v := range at {
		out[k] = int64(v) + first
	}
	return batch.FromValues(types.BigIntType, batch.PhysI64, out, nil)
}

// inline gives NULLs for a struct that is NULL.
func inline(_ *udf.TableCall, args []*batch.Column, n int) (udf.Expansion, error) {
	pool := batch.Flatten(args[0].Children[0])
	var idx []int32
	return udf.Expansion{
		Counts: listSizes(args[0], n),
		Columns: func(rows, at []int32) ([]*batch.Column, error) {
			idx = places(args[0], rows, at, idx)
			if pool.Valid != nil {
				for k, i := range idx {
					if !pool.Valid.Get(int(i)) {
						idx[k] = -1
					}
				}
			}
			return takeAll(pool.Children, idx), nil
		},
	}, nil
}
