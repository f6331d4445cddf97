package expr

import (
	"bytes"
	"errors"
	"math"
	"math/big"
	"regexp"
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// reference evaluates an expression over one row of Datums, one value at a time
// and with exact arithmetic: what the vectorised evaluator must agree with.
func reference(e scalar.Expr, row []types.Datum) (types.Datum, error) {
	switch e := e.(type) {
	case *scalar.Column:
		return row[e.ID], nil
	case *scalar.Literal:
		return e.Value, nil
	case *scalar.Case:
		for i := range e.Whens {
			c, err := reference(e.Whens[i], row)
			if err != nil {
				return nil, err
			}
			if c == true {
				return reference(e.Thens[i], row)
			}
		}
		return reference(e.Else, row)
	case *scalar.In:
		v, err := reference(e.Arg, row)
		if v == nil || err != nil {
			return nil, err
		}
		null := false
		for _, w := range e.List {
			if w == nil {
				null = true
			} else if refCompare(v, w) == 0 {
				return !e.Negate, nil
			}
		}
		if null {
			return nil, nil
		}
		return e.Negate, nil
	case *scalar.Cast:
		v, err := reference(e.Arg, row)
		if v == nil || err != nil {
			return nil, err
		}
		return refCast(v, e.Arg.Type(), e.Typ)
	case *scalar.Call:
		return refCall(e, row)
	}
	panic("reference")
}

var errRow = errors.New("fails")

func refCall(e *scalar.Call, row []types.Datum) (types.Datum, error) {
	switch e.Name {
	case "and", "or":
		out := types.Datum(e.Name == "and")
		for _, a := range e.Args {
			v, err := reference(a, row)
			switch {
			case err != nil:
				return nil, err
			case v == nil:
				if out == (e.Name == "and") {
					out = nil
				}
			case v == (e.Name == "or"):
				return v, nil
			}
		}
		return out, nil
	case "coalesce":
		for _, a := range e.Args {
			if v, err := reference(a, row); v != nil || err != nil {
				return v, err
			}
		}
		return nil, nil
	case "if":
		c, err := reference(e.Args[0], row)
		if err != nil {
			return nil, err
		}
		if c == true {
			return reference(e.Args[1], row)
		}
		return reference(e.Args[2], row)
	}
	args := make([]types.Datum, len(e.Args))
	null := false
	for i, a := range e.Args {
		v, err := reference(a, row)
		if err != nil {
			return nil, err
		}
		args[i] = v
		null = null || v == nil
	}
	switch e.Name {
	case "is_null":
		return args[0] == nil, nil
	case "is_not_null":
		return args[0] != nil, nil
	case "is_true":
		return args[0] == true, nil
	case "is_not_true":
		return args[0] != true, nil
	case "is_false":
		return args[0] == false, nil
	case "is_not_false":
		return args[0] != false, nil
	case "<=>":
		if null {
			return args[0] == nil && args[1] == nil, nil
		}
		return refCompare(args[0], args[1]) == 0, nil
	case "greatest", "least":
		best := args[0]
		for _, a := range args[1:] {
			c := refNullCompare(a, best)
			if e.Name == "greatest" && c > 0 || e.Name == "least" && c < 0 {
				best = a
			}
		}
		return best, nil
	}
	if null {
		return nil, nil
	}
	switch e.Name {
	case "not":
		return args[0] == false, nil
	case "=":
		return refCompare(args[0], args[1]) == 0, nil
	case "<>":
		return refCompare(args[0], args[1]) != 0, nil
	case "<":
		return refCompare(args[0], args[1]) < 0, nil
	case "<=":
		return refCompare(args[0], args[1]) <= 0, nil
	case ">":
		return refCompare(args[0], args[1]) > 0, nil
	case ">=":
		return refCompare(args[0], args[1]) >= 0, nil
	case "||":
		return args[0].(string) + args[1].(string), nil
	case "like":
		return refLike(args[0].(string), args[1].(string)), nil
	}
	if f, ok := args[0].(float64); ok {
		v := refFloat(e.Name, f, args[1:])
		if f, ok := v.(float64); ok && e.Typ.Kind == types.Float {
			return float64(float32(f)), nil
		}
		return v, nil
	}
	return refExact(e, args)
}

func refLike(s, pattern string) bool {
	var b strings.Builder
	b.WriteString("(?s)^")
	for _, r := range pattern {
		switch r {
		case '%':
			b.WriteString(".*")
		case '_':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return regexp.MustCompile(b.String() + "$").MatchString(s)
}

func refFloat(op string, a float64, rest []types.Datum) types.Datum {
	if op == "neg" {
		return -a
	}
	b := rest[0].(float64)
	switch op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	}
	if b == 0 {
		return nil
	}
	if op == "/" {
		return a / b
	}
	return math.Mod(a, b)
}

// refExact computes on integers and decimals as rationals.
func refExact(e *scalar.Call, args []types.Datum) (types.Datum, error) {
	x := rational(args[0], e.Args[0].Type())
	if e.Name == "neg" {
		return fromRational(x.Neg(x), e.Typ, false)
	}
	y := rational(args[1], e.Args[1].Type())
	r := new(big.Rat)
	switch e.Name {
	case "+":
		r.Add(x, y)
	case "-":
		r.Sub(x, y)
	case "*":
		r.Mul(x, y)
	default:
		if y.Sign() == 0 {
			return nil, nil
		}
		r.Quo(x, y)
		if e.Name == "/" {
			break
		}
		q := new(big.Rat).SetInt(new(big.Int).Quo(r.Num(), r.Denom()))
		if e.Name == "div" {
			return fromRational(q, e.Typ, true)
		}
		r.Sub(x, q.Mul(q, y))
	}
	return fromRational(r, e.Typ, false)
}

func rational(v types.Datum, t types.Type) *big.Rat {
	switch v := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(v)
	case decimal.Int128:
		return new(big.Rat).SetFrac(v.Big(), tenTo(t.Scale))
	case bool:
		if v {
			return big.NewRat(1, 1)
		}
		return new(big.Rat)
	}
	r, _ := new(big.Rat).SetString(strings.TrimSpace(v.(string)))
	return r
}

func tenTo(k int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(k)), nil) }

// fromRational brings r to an integer or decimal type: rounded half away from
// zero, or truncated.
func fromRational(r *big.Rat, t types.Type, trunc bool) (types.Datum, error) {
	r = new(big.Rat).Mul(r, new(big.Rat).SetInt(tenTo(t.Scale)))
	q, m := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	if m.Lsh(m.Abs(m), 1).Cmp(r.Denom()) >= 0 && !trunc {
		q.Add(q, big.NewInt(int64(r.Sign())))
	}
	if t.Kind == types.Decimal {
		if new(big.Int).Abs(q).Cmp(tenTo(t.Precision)) >= 0 {
			return nil, errRow
		}
		v, verdict := decimal.Parse([]byte(q.String()), 38, 0)
		if verdict != decimal.OK {
			return nil, errRow
		}
		return v, nil
	}
	bits := map[types.Kind]uint{types.TinyInt: 7, types.SmallInt: 15, types.Int: 31, types.BigInt: 63}[t.Kind]
	limit := new(big.Int).Lsh(big.NewInt(1), bits)
	if q.Cmp(limit) >= 0 || q.Cmp(new(big.Int).Neg(limit)) < 0 {
		return nil, errRow
	}
	return q.Int64(), nil
}

func refNullCompare(a, b types.Datum) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return refCompare(a, b)
}

// refCompare orders values of one type (decimals of one scale).
func refCompare(a, b types.Datum) int {
	switch a := a.(type) {
	case int64:
		return big.NewInt(a).Cmp(big.NewInt(b.(int64)))
	case decimal.Int128:
		return a.Big().Cmp(b.(decimal.Int128).Big())
	case string:
		return bytes.Compare([]byte(a), []byte(b.(string)))
	case bool:
		if a == b.(bool) {
			return 0
		} else if a {
			return 1
		}
		return -1
	}
	x, y := a.(float64), b.(float64)
	switch {
	case math.IsNaN(x) && math.IsNaN(y) || x == y:
		return 0
	case math.IsNaN(x) || x > y:
		return 1
	}
	return -1
}

func refCast(v types.Datum, from, to types.Type) (types.Datum, error) {
	if f, ok := v.(float64); ok {
		switch {
		case to.Kind == types.Float:
			return float64(float32(f)), nil
		case to.IsFloating():
			return f, nil
		case math.IsNaN(f) || math.IsInf(f, 0):
			return nil, errRow
		}
		return fromRational(new(big.Rat).SetFloat64(f), to, true)
	}
	if s, ok := v.(string); ok && rational(s, from) == nil {
		return nil, errRow
	}
	r := rational(v, from)
	if to.IsFloating() {
		f, _ := r.Float64()
		if to.Kind == types.Float {
			f = float64(float32(f))
		}
		return f, nil
	}
	if to.Kind == types.String {
		return r.FloatString(from.Scale), nil
	}
	return fromRational(r, to, to.IsInteger())
}
