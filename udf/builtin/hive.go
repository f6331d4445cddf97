package builtin

import (
	"bytes"
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// hiveFunctions lists what stands in for functions of the same name in the Hive
// dialect (udf.InHive). base are those others; where only a type differs, theirs
// are wrapped.
func hiveFunctions(base []*udf.Function) []*udf.Function {
	of := func(name string) *udf.Function { return udf.NewRegistry(base...).Lookup(name) }
	toInt := func(types.Type, types.Type) types.Type { return types.IntType }
	operand := func(arg, _ types.Type) types.Type { return arg }
	fns := []*udf.Function{
		retyped(of("length"), toInt, "length('abc')", "3"), retyped(of("lengthb"), toInt, "lengthb('é')", "2"),
		retyped(of("instr"), toInt, "instr('abc', 'c')", "3"), retyped(of("size"), toInt, "size(array(1))", "1"),
		retyped(of("hash"), toInt, "hash(1)", "1"), retyped(of("sign"), toInt, "sign(-2.5)", "-1"),
		retyped(of("&"), operand, "6S & 3S", "2"), retyped(of("|"), operand, "6S | 3S", "7"), retyped(of("^"), operand, "6S ^ 3S", "5"),
		retyped(of("floor"), wholeType, "floor(-1.5BD)", "-2"), retyped(of("ceil"), wholeType, "ceil(1.2BD)", "2"),
		hive("find_in_set", "The position of a text in a list, as INT; the empty text is found between delimiters and behind the last.", "find_in_set('', 'a,')", "2",
			udf.Function{Args: repeat(types.StringType, 3), Optional: 1, Returns: types.IntType, Eval: kernel.Rows(func(r *kernel.Row) (int32, error) {
				return findMember(r.Text(0), r.Text(1), optionalText(r, 2, ",")), nil
			})}),
		hive("concat_ws", "The texts joined by a separator; NULLs are left out.", "concat_ws('-', 'a', null, 'b')", "a-b",
			udf.Function{Resolve: resolveConcatWS, Eval: kernel.RowsTextNullable(concatPresent)}),
		hive("acos", "Arc cosine; NaN outside [-1, 1].", "acos(2.0)", "NaN",
			udf.Function{Args: typeList(types.DoubleType), Returns: types.DoubleType, Eval: kernel.Unary(math.Acos)}),
		hive("asin", "Arc sine; NaN outside [-1, 1].", "asin(2.0)", "NaN",
			udf.Function{Args: typeList(types.DoubleType), Returns: types.DoubleType, Eval: kernel.Unary(math.Asin)}),
		strict(of("greatest"), "The largest argument; NULL if one is NULL.", "greatest(1, 3)", "3"),
		strict(of("least"), "The smallest argument; NULL if one is NULL.", "least(1, 3)", "1"),
		fromOne(of("substr"), "substr('abc', 0, 2)", "ab"),
	}
	return append(fns, hiveDates(of("trunc"))...)
}

// hive completes a function of the Hive dialect.
func hive(name, summary, example, result string, f udf.Function) *udf.Function {
	f.Name, f.Family, f.Doc = udf.InHive(name), "hive", udf.Doc{Usage: f.Doc.Usage, Summary: summary, Example: example, Result: result}
	return &f
}

// wholeType is the type of FLOOR and CEIL: of a DECIMAL one without decimals.
func wholeType(arg, returns types.Type) types.Type {
	if arg.Kind == types.Decimal {
		return types.DecimalOf(min(types.MaxPrecision, arg.Precision-arg.Scale+1), 0)
	}
	return returns
}

// retyped is f with its result converted to another type, which follows from the
// types of the first argument and of f's result.
func retyped(f *udf.Function, to func(arg, returns types.Type) types.Type, example, result string) *udf.Function {
	g := hive(f.Name, f.Doc.Summary, example, result, *f)
	g.Aliases = nil
	for _, a := range f.Aliases {
		g.Aliases = append(g.Aliases, udf.InHive(a))
	}
	g.Resolve = func(args []udf.Arg) (udf.Signature, error) {
		sig, err := f.Bind(args)
		if err == nil {
			arg := args[0].Type
			for _, a := range args[1:] {
				if t, ok := types.Common(arg, a.Type); ok {
					arg = t
				}
			}
			sig.Returns = to(arg, sig.Returns)
		}
		return sig, err
	}
	g.Eval = nil
	g.New = func(call *udf.Call) (udf.Eval, error) {
		inner := *call
		args := make([]udf.Arg, len(call.Args))
		for i, t := range call.Args {
			args[i] = udf.Arg{Type: t, Const: call.IsConst[i], Value: call.Consts[i]}
		}
		sig, err := f.Bind(args)
		if err != nil {
			return nil, err
		}
		inner.Returns = sig.Returns
		eval := f.Eval
		if f.New != nil {
			if eval, err = f.New(&inner); err != nil {
				return nil, err
			}
		}
		cast, err := kernel.NewCast(sig.Returns, call.Returns, call.Session, false)
		if err != nil {
			return nil, err
		}
		return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
			at := *call
			at.Returns = sig.Returns
			c, err := eval(&at, args, n)
			if err != nil {
				return nil, err
			}
			return cast(call.Buffers, batch.Flatten(c), n)
		}, nil
	}
	return g
}

// strict is f with NULL wherever an argument is NULL.
func strict(f *udf.Function, summary, example, result string) *udf.Function {
	g := hive(f.Name, summary, example, result, *f)
	g.Eval = func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		valid, allNull := kernel.Validity(args, n)
		if allNull {
			return batch.NullColumn(call.Returns, n), nil
		}
		c, err := f.Eval(call, args, n)
		if err != nil || valid == nil {
			return c, err
		}
		out := *batch.Flatten(c)
		out.Valid = batch.And(out.Valid, valid, n)
		return &out, nil
	}
	return g
}

// fromOne is SUBSTR where position 0 means 1.
func fromOne(f *udf.Function, example, result string) *udf.Function {
	g := hive(f.Name, "From position start (negative: from the end; 0 is 1), n characters or the rest.", example, result, *f)
	g.New = func(call *udf.Call) (udf.Eval, error) {
		eval, err := f.New(call)
		if err != nil {
			return nil, err
		}
		shift := kernel.Unary(func(start int64) int64 {
			if start == 0 {
				return 1
			}
			return start
		})
		return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
			start, err := shift(&udf.Call{Signature: udf.Signature{Args: typeList(types.BigIntType), Returns: types.BigIntType}}, args[1:2], n)
			if err != nil {
				return nil, err
			}
			all := append([]*batch.Column{args[0], start}, args[2:]...)
			return eval(call, all, n)
		}, nil
	}
	return g
}

func findMember(s, list, delim []byte) int32 {
	if len(delim) == 0 || bytes.Contains(s, delim) {
		return 0
	}
	for k, part := range bytes.Split(list, delim) {
		if bytes.Equal(part, s) {
			return int32(k + 1)
		}
	}
	return 0
}

// concatPresent is CONCAT_WS without the NULLs.
func concatPresent(r *kernel.Row, dst []byte) ([]byte, error) {
	if r.IsNull(0) {
		return nil, kernel.Null
	}
	first := true
	add := func(s []byte) {
		if !first {
			dst = append(dst, r.Text(0)...)
		}
		dst, first = append(dst, s...), false
	}
	for k := 1; k < r.Len(); k++ {
		if r.IsNull(k) {
			continue
		}
		if r.Call.Args[k].Kind != types.Array {
			add(r.Text(k))
			continue
		}
		c, i := r.Column(k)
		for e := int(c.Offsets[i]); e < int(c.Offsets[i+1]); e++ {
			if !c.Children[0].IsNull(e) {
				add(c.Children[0].Bytes(e))
			}
		}
	}
	return dst, nil
}
