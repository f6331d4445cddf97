package builtin

import (
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// operators lists the arithmetic and bit operators.
func operators() []*udf.Function {
	return []*udf.Function{
		{Name: "+", Family: "operator", Doc: udf.Doc{Usage: "x + y", Summary: "Sum; adds an interval to a date or time.", Example: "1 + 2", Result: "3"},
			Resolve: resolveArithmetic("+"), New: arithmetic(kernel.Add, 1)},
		{Name: "-", Family: "operator", Doc: udf.Doc{Usage: "x - y", Summary: "Difference; subtracts an interval from a date or time.", Example: "5 - 7", Result: "-2"},
			Resolve: resolveArithmetic("-"), New: arithmetic(kernel.Sub, -1)},
		{Name: "*", Family: "operator", Doc: udf.Doc{Usage: "x * y", Summary: "Product.", Example: "6 * 7", Result: "42"},
			Resolve: resolveArithmetic("*"), Eval: kernel.Mul},
		{Name: "/", Family: "operator", Doc: udf.Doc{Usage: "x / y", Summary: "Quotient: DOUBLE for integers, DECIMAL if one takes part; NULL when dividing by zero.", Example: "1 / 2", Result: "0.5"},
			Resolve: resolveArithmetic("/"), Eval: kernel.Quotient},
		{Name: "%", Aliases: []string{"mod"}, Family: "operator", Doc: udf.Doc{Usage: "x % y", Summary: "Remainder with the sign of the dividend; NULL when dividing by zero.", Example: "-7 % 3", Result: "-1"},
			Resolve: resolveArithmetic("%"), Eval: kernel.Remainder},
		{Name: "div", Family: "operator", Doc: udf.Doc{Usage: "x DIV y", Summary: "Quotient without its fraction; NULL when dividing by zero.", Example: "7 div 2", Result: "3"},
			Resolve: resolveArithmetic("DIV"), Eval: kernel.DivideInt},
		{Name: "neg", Aliases: []string{"negative"}, Family: "operator", Doc: udf.Doc{Usage: "-x", Summary: "Unary minus.", Example: "-(3)", Result: "-3"},
			Resolve: resolveNeg, Eval: kernel.Neg},
		bitOperator("&", "Bits set on both sides.", "12 & 10", "8", func(a, b int64) int64 { return a & b }),
		bitOperator("|", "Bits set on either side.", "12 | 10", "14", func(a, b int64) int64 { return a | b }),
		bitOperator("^", "Bits set on exactly one side.", "12 ^ 10", "6", func(a, b int64) int64 { return a ^ b }),
		{Name: "~", Family: "operator", Doc: udf.Doc{Summary: "All bits inverted.", Example: "~5", Result: "-6"},
			Args: []types.Type{types.BigIntType}, Returns: types.BigIntType,
			Eval: kernel.Unary(func(a int64) int64 { return ^a })},
	}
}

func bitOperator(name, summary, example, result string, f func(a, b int64) int64) *udf.Function {
	return &udf.Function{Name: name, Family: "operator", Doc: udf.Doc{Summary: summary, Example: example, Result: result},
		Args: []types.Type{types.BigIntType, types.BigIntType}, Returns: types.BigIntType, Eval: kernel.Binary(f)}
}

// mismatch is the error of an operator whose operands do not fit.
func mismatch(name string, args []udf.Arg) *diag.Error {
	ts := make([]string, len(args))
	for i, a := range args {
		ts[i] = a.Type.String()
	}
	return diag.Errorf(diag.CodeArgument, diag.Pos{}, "%s does not take %s", strings.ToUpper(name), strings.Join(ts, " and "))
}

// arity checks the number of arguments of an operator; most < 0 is no limit.
func arity(name string, args []udf.Arg, least, most int) error {
	if len(args) < least || most >= 0 && len(args) > most {
		return diag.Errorf(diag.CodeArgument, diag.Pos{}, "%s does not take %d arguments", strings.ToUpper(name), len(args))
	}
	return nil
}

func resolveArithmetic(op string) func(args []udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		if err := arity(op, args, 2, 2); err != nil {
			return udf.Signature{}, err
		}
		a, b := args[0].Type, args[1].Type
		if op == "+" || op == "-" {
			if sig, ok := intervalArithmetic(op, args); ok {
				return sig, nil
			}
			if a.IsTemporal() && b.IsTemporal() {
				return udf.Signature{}, mismatch(op, args).WithHint("use DATEDIFF for the days between two dates")
			}
			if a.IsTemporal() || b.IsTemporal() {
				return udf.Signature{}, mismatch(op, args).WithHint("use an interval, as in d + INTERVAL '1' DAY, or DATE_ADD(d, 1)")
			}
		}
		returns, ok := types.Arithmetic(op, a, b)
		if !ok {
			e := mismatch(op, args)
			if op == "+" && (a.IsText() || b.IsText()) {
				e = e.WithHint("|| joins texts")
			}
			return udf.Signature{}, e
		}
		return udf.Signature{Args: operandTypes(op, a, b, returns), Returns: returns}, nil
	}
}

// operandTypes are the types in which the operands of a numeric operator meet:
// the result's, except that DECIMALs keep their own scales.
func operandTypes(op string, a, b, returns types.Type) []types.Type {
	if a.Kind == types.Null {
		a = b
	}
	if b.Kind == types.Null {
		b = a
	}
	floating := a.IsFloating() || b.IsFloating() || a.IsText() || b.IsText()
	switch {
	case floating && returns.Kind == types.BigInt: // DIV
		return []types.Type{types.DoubleType, types.DoubleType}
	case !floating && (a.Kind == types.Decimal || b.Kind == types.Decimal):
		return []types.Type{a.AsDecimal(), b.AsDecimal()}
	}
	return []types.Type{returns, returns}
}

// intervalArithmetic types date ± interval, interval + date and interval ± interval.
// A DATE stays one unless a constant part of a day is added.
func intervalArithmetic(op string, args []udf.Arg) (udf.Signature, bool) {
	a, b := args[0], args[1]
	keep := []types.Type{a.Type, b.Type}
	switch {
	case a.Type.IsInterval() && a.Type.Kind == b.Type.Kind:
		return udf.Signature{Args: keep, Returns: a.Type}, true
	case a.Type.IsInterval() && b.Type.IsTemporal() && op == "+":
		sig, ok := intervalArithmetic(op, []udf.Arg{b, a})
		if ok {
			sig.Args[0], sig.Args[1] = sig.Args[1], sig.Args[0]
		}
		return sig, ok
	case !a.Type.IsTemporal() || !b.Type.IsInterval():
		return udf.Signature{}, false
	}
	if v, ok := b.Value.(int64); a.Type.Kind == types.Date && b.Type.Kind == types.IntervalDay && b.Const && ok && v%batch.MicrosPerDay != 0 {
		keep[0] = types.DatetimeType
	}
	return udf.Signature{Args: keep, Returns: keep[0]}, true
}

// arithmetic chooses between numbers and intervals; sign is that of the second operand.
func arithmetic(numeric udf.Eval, sign int64) func(call *udf.Call) (udf.Eval, error) {
	return func(call *udf.Call) (udf.Eval, error) {
		t := call.Returns
		if !t.IsTemporal() && !t.IsInterval() {
			return numeric, nil
		}
		when, step := 0, 1
		if call.Args[0].IsInterval() && !call.Args[1].IsInterval() {
			when, step = 1, 0
		}
		add, err := kernel.AddInterval(call.Args[when], call.Args[step], call.Session.Zone, sign)
		if err != nil {
			return nil, err
		}
		return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
			return add(call, []*batch.Column{args[when], args[step]}, n)
		}, nil
	}
}

func resolveNeg(args []udf.Arg) (udf.Signature, error) {
	if err := arity("neg", args, 1, 1); err != nil {
		return udf.Signature{}, err
	}
	t := args[0].Type
	if t.IsText() || t.Kind == types.Null {
		t = types.DoubleType
	}
	if !t.IsNumeric() && !t.IsInterval() {
		return udf.Signature{}, mismatch("-", args)
	}
	return udf.Signature{Args: []types.Type{t}, Returns: t}, nil
}
