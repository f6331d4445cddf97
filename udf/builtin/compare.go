package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// comparisons lists the relational operators and the tests for NULL and truth.
func comparisons() []*udf.Function {
	return []*udf.Function{
		comparison("=", kernel.Eq, "Equality; NULL if a side is NULL.", "1 = 1.0", "true"),
		comparison("<>", kernel.Ne, "Inequality.", "'a' <> 'b'", "true"),
		comparison("<", kernel.Lt, "Less; texts compare by bytes, NaN is the largest number.", "'a' < 'b'", "true"),
		comparison("<=", kernel.Le, "Less or equal.", "2 <= 1", "false"),
		comparison(">", kernel.Gt, "Greater.", "date'2024-02-01' > date'2024-01-31'", "true"),
		comparison(">=", kernel.Ge, "Greater or equal.", "2 >= 1", "true"),
		{Name: "<=>", Family: "operator", Doc: udf.Doc{Usage: "x <=> y", Summary: "Equality in which NULL equals NULL.", Example: "null <=> null", Result: "true"},
			Resolve: resolveComparison("<=>"), Eval: nullSafeEqual},
		nullTest("is_null", "Whether the value is NULL.", "is_null(null)", func(valid bool) bool { return !valid }),
		nullTest("is_not_null", "Whether the value is not NULL.", "is_not_null(1)", func(valid bool) bool { return valid }),
		truthTest("is_true", "Whether the condition is true, neither false nor NULL.", "is_true(1 = 1)", "true", func(t kernel.Truth) batch.Bitmap { return t.True }),
		truthTest("is_not_true", "Whether the condition is false or NULL.", "is_not_true(1 = 1)", "false", func(t kernel.Truth) batch.Bitmap { kernel.Not(t.True, t.True); return t.True }),
		truthTest("is_false", "Whether the condition is false, neither true nor NULL.", "is_false(1 = 1)", "false", func(t kernel.Truth) batch.Bitmap { return t.False }),
		truthTest("is_not_false", "Whether the condition is true or NULL.", "is_not_false(1 = 1)", "true", func(t kernel.Truth) batch.Bitmap { kernel.Not(t.False, t.False); return t.False }),
	}
}

func comparison(name string, op kernel.CompareOp, summary, example, result string) *udf.Function {
	return &udf.Function{Name: name, Family: "operator", Doc: udf.Doc{Usage: "x " + name + " y", Summary: summary, Example: example, Result: result},
		Resolve: resolveComparison(name),
		Eval: func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
			valid, allNull := kernel.Validity(args, n)
			if allNull {
				return batch.NullColumn(types.BooleanType, n), nil
			}
			return batch.FromBits(kernel.Compare(op, args[0], args[1], n), n, valid), nil
		}}
}

func resolveComparison(name string) func(args []udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		if err := arity(name, args, 2, 2); err != nil {
			return udf.Signature{}, err
		}
		t, ok := types.Comparison(args[0].Type, args[1].Type)
		if !ok {
			return udf.Signature{}, mismatch(name, args).WithHint("cast one side to the type of the other")
		}
		return udf.Signature{Args: []types.Type{t, t}, Returns: types.BooleanType}, nil
	}
}

func nullSafeEqual(_ *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	out := batch.NewBitmap(n)
	if !args[0].AllNull() && !args[1].AllNull() {
		out = kernel.Compare(kernel.Eq, args[0], args[1], n)
	}
	if args[0].Valid == nil && args[1].Valid == nil {
		return batch.FromBits(out, n, nil), nil
	}
	for i := range n {
		if a, b := args[0].IsNull(i), args[1].IsNull(i); a || b {
			out.SetTo(i, a && b)
		}
	}
	return batch.FromBits(out, n, nil), nil
}

func nullTest(name, summary, example string, test func(valid bool) bool) *udf.Function {
	return &udf.Function{Name: name, Family: "operator", Doc: udf.Doc{Usage: name + "(x)", Summary: summary, Example: example, Result: "true"},
		Resolve: func(args []udf.Arg) (udf.Signature, error) {
			if err := arity(name, args, 1, 1); err != nil {
				return udf.Signature{}, err
			}
			return udf.Signature{Args: []types.Type{args[0].Type}, Returns: types.BooleanType}, nil
		},
		Eval: func(_ *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
			a := args[0]
			if a.Valid == nil || a.Enc == batch.Const {
				c := batch.DatumColumn(types.BooleanType, test(!a.IsNull(0)), n)
				return c, nil
			}
			bits := a.Valid.Clone(n)
			if test(false) {
				kernel.Not(bits, bits)
			}
			return batch.FromBits(bits, n, nil), nil
		}}
}

func truthTest(name, summary, example, result string, pick func(kernel.Truth) batch.Bitmap) *udf.Function {
	return &udf.Function{Name: name, Family: "operator", Doc: udf.Doc{Usage: name + "(x)", Summary: summary, Example: example, Result: result},
		Resolve: booleans(name, 1, 1),
		Eval: func(_ *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
			return batch.FromBits(pick(kernel.TruthOf(args[0], n)), n, nil), nil
		}}
}

// booleans resolves calls that take BOOLEANs only.
func booleans(name string, least, most int) func(args []udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		if err := arity(name, args, least, most); err != nil {
			return udf.Signature{}, err
		}
		sig := udf.Signature{Returns: types.BooleanType}
		for _, a := range args {
			if a.Type.Kind != types.Boolean && a.Type.Kind != types.Null {
				return udf.Signature{}, diag.Errorf(diag.CodeSemantic, diag.Pos{}, "%s needs BOOLEAN, not %s", name, a.Type).
					WithHint("compare the value, as in x <> 0")
			}
			sig.Args = append(sig.Args, types.BooleanType)
		}
		return sig, nil
	}
}
