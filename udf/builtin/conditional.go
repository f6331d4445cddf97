package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// conditional lists the functions that choose among their arguments. IF,
// COALESCE and NVL are compiled by the expression evaluator to forms that
// evaluate an argument only where it is chosen; the Evals here see all of them.
func conditional() []*udf.Function {
	return []*udf.Function{
		{Name: "coalesce", Family: "conditional", Doc: udf.Doc{Usage: "coalesce(x, …)", Summary: "The first argument that is not NULL.", Example: "coalesce(null, 2, 3)", Result: "2"},
			Resolve: resolveCoalesce, Eval: coalesce},
		{Name: "nvl", Family: "conditional", Doc: udf.Doc{Usage: "nvl(x, y)", Summary: "The first argument, or the second if it is NULL.", Example: "nvl(null, 'x')", Result: "x"},
			Resolve: resolveCommon("nvl", 2, 2), Eval: coalesce},
		{Name: "if", Family: "conditional", Doc: udf.Doc{Usage: "if(condition, x, y)", Summary: "The second argument if the first is true, else the third.", Example: "if(1 < 2, 'yes', 'no')", Result: "yes"},
			Resolve: resolveIf, Eval: ifElse},
		{Name: "nullif", Family: "conditional", Doc: udf.Doc{Usage: "nullif(x, y)", Summary: "NULL if the arguments are equal, else the first.", Example: "nullif(1, 2)", Result: "1"},
			Resolve: resolveNullIf, Eval: nullIf},
		{Name: "greatest", Family: "conditional", Doc: udf.Doc{Usage: "greatest(x, …)", Summary: "The largest argument; NULL counts as the smallest value.", Example: "greatest(1, null, 3)", Result: "3"},
			Resolve: resolveExtreme("greatest"), Eval: outermost(kernel.Gt)},
		{Name: "least", Family: "conditional", Doc: udf.Doc{Usage: "least(x, …)", Summary: "The smallest argument; NULL counts as the smallest value.", Example: "least(2, 1, 3)", Result: "1"},
			Resolve: resolveExtreme("least"), Eval: outermost(kernel.Lt)},
	}
}

// commonType is the type all args are brought to.
func commonType(name string, args []udf.Arg) (types.Type, error) {
	t := args[0].Type
	for _, a := range args[1:] {
		u, ok := types.Common(t, a.Type)
		if !ok {
			return t, mismatch(name, args).WithHint("the arguments need a common type")
		}
		t = u
	}
	return t, nil
}

func resolveCommon(name string, least, most int) func(args []udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		if err := arity(name, args, least, most); err != nil {
			return udf.Signature{}, err
		}
		t, err := commonType(name, args)
		if err != nil {
			return udf.Signature{}, err
		}
		return udf.Signature{Args: repeat(t, len(args)), Returns: t}, nil
	}
}

// resolveCoalesce refuses arguments that are all an untyped NULL.
func resolveCoalesce(args []udf.Arg) (udf.Signature, error) {
	sig, err := resolveCommon("coalesce", 1, -1)(args)
	if err != nil || sig.Returns.Kind != types.Null {
		return sig, err
	}
	for _, a := range args {
		if !a.Const {
			return sig, nil
		}
	}
	return sig, diag.Errorf(diag.CodeArgument, diag.Pos{}, "all arguments of coalesce are NULL").WithHint("write CAST(NULL AS …)")
}

func repeat(t types.Type, n int) []types.Type {
	ts := make([]types.Type, n)
	for i := range ts {
		ts[i] = t
	}
	return ts
}

func resolveIf(args []udf.Arg) (udf.Signature, error) {
	if err := arity("if", args, 3, 3); err != nil {
		return udf.Signature{}, err
	}
	if _, err := booleans("if", 1, 1)(args[:1]); err != nil {
		return udf.Signature{}, err
	}
	t, err := commonType("if", args[1:])
	if err != nil {
		return udf.Signature{}, err
	}
	return udf.Signature{Args: []types.Type{types.BooleanType, t, t}, Returns: t}, nil
}

func resolveNullIf(args []udf.Arg) (udf.Signature, error) {
	if err := arity("nullif", args, 2, 2); err != nil {
		return udf.Signature{}, err
	}
	t, ok := types.Comparison(args[0].Type, args[1].Type)
	if !ok {
		return udf.Signature{}, mismatch("nullif", args)
	}
	return udf.Signature{Args: []types.Type{t, t}, Returns: t}, nil
}

// resolveExtreme is resolveCommon, but texts among numbers are read as DOUBLE.
func resolveExtreme(name string) func(args []udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		if err := arity(name, args, 1, -1); err != nil {
			return udf.Signature{}, err
		}
		texts, numbers := 0, 0
		for _, a := range args {
			if a.Type.IsText() {
				texts++
			} else if a.Type.IsNumeric() {
				numbers++
			}
		}
		if texts > 0 && numbers > 0 && texts+numbers == len(args) {
			return udf.Signature{Args: repeat(types.DoubleType, len(args)), Returns: types.DoubleType}, nil
		}
		t, err := commonType(name, args)
		if err == nil && !t.IsComparable() {
			err = mismatch(name, args).WithHint("%s has no order", t)
		}
		if err != nil {
			return udf.Signature{}, err
		}
		return udf.Signature{Args: repeat(t, len(args)), Returns: t}, nil
	}
}

// choose makes a column whose row i is that of args[pick(i)], or NULL if pick
// gives a negative number.
func choose(t types.Type, args []*batch.Column, n int, pick func(i int) int) *batch.Column {
	all, idx := batch.NewBuilder(t), make([]int32, n)
	for _, a := range args {
		all.Append(a, nil)
	}
	for i := range idx {
		k := pick(i)
		if idx[i] = int32(k*n + i); k < 0 {
			idx[i] = -1
		}
	}
	return batch.Flatten(batch.Take(all.Finish(), idx))
}

func coalesce(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	return choose(call.Returns, args, n, func(i int) int {
		for k, a := range args {
			if !a.IsNull(i) {
				return k
			}
		}
		return -1
	}), nil
}

func ifElse(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	yes := kernel.TruthOf(args[0], n).True
	return choose(call.Returns, args[1:], n, func(i int) int {
		if yes.Get(i) {
			return 0
		}
		return 1
	}), nil
}

func nullIf(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	return choose(call.Returns, args[:1], n, func(i int) int {
		if !args[0].IsNull(i) && kernel.CompareAt(args[0], i, args[1], i) == 0 {
			return -1
		}
		return 0
	}), nil
}

func outermost(op kernel.CompareOp) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		return choose(call.Returns, args, n, func(i int) int {
			best := 0
			for k := 1; k < len(args); k++ {
				if op.Holds(kernel.CompareAt(args[k], i, args[best], i)) {
					best = k
				}
			}
			return best
		}), nil
	}
}
