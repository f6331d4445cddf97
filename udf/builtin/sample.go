package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// sampleFunctions lists what TABLESAMPLE is made of.
func sampleFunctions() []*udf.Function {
	return []*udf.Function{
		{Name: "sample_share", Family: "other", Resolve: resolveShare, Eval: sampleShare,
			Doc: udf.Doc{Summary: "sample_share(low, high, x…): whether the hash of the values, as a fraction from 0 to 1, is at least low and less than high.", Example: "sample_share(0, 1, 'x')", Result: "true"}},
	}
}

func resolveShare(args []udf.Arg) (udf.Signature, error) {
	sig := udf.Signature{Returns: types.BooleanType, Args: typeList(types.DoubleType, types.DoubleType)}
	if len(args) < 3 || !types.CanCoerce(args[0].Type, types.DoubleType) || !types.CanCoerce(args[1].Type, types.DoubleType) {
		return sig, badArgs("sample_share", "sample_share(low, high, x, …)", args)
	}
	for _, a := range args[2:] {
		sig.Args = append(sig.Args, a.Type)
	}
	return sig, nil
}

// sampleShare takes the bounds of row 0 for all rows: they are constants.
func sampleShare(_ *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	bits := batch.NewBitmap(n)
	if n == 0 || args[0].IsNull(0) || args[1].IsNull(0) {
		return batch.FromBits(bits, n, nil), nil
	}
	low, high := batch.Values[float64](args[0])[0], batch.Values[float64](args[1])[0]
	for i, h := range batch.HashColumns(args[2:], n, nil) {
		at := float64(h>>11) / (1 << 53)
		bits.SetTo(i, low <= at && at < high)
	}
	return batch.FromBits(bits, n, nil), nil
}
