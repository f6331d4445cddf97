package builtin

import (
	"bytes"
	"math/big"
	"strconv"
	"strings"

	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

func formatFunctions() []*udf.Function {
	return []*udf.Function{{Name: "format_number", Family: "math",
		Doc: udf.Doc{Summary: "A number rounded to d decimals with commas between thousands, or in a pattern such as '#,###.##'.", Example: "format_number(12332.123456, 4)", Result: "12,332.1235"},
		Resolve: func(args []udf.Arg) (udf.Signature, error) {
			if len(args) == 2 {
				x, ok := numberArg(args[0].Type)
				if x.IsFloating() {
					x = types.DoubleType
				}
				form := types.StringType
				if args[1].Type.IsInteger() {
					form = types.BigIntType
				}
				if ok && types.CanCoerce(args[1].Type, form) {
					return udf.Signature{Args: typeList(x, form), Returns: types.StringType}, nil
				}
			}
			return udf.Signature{}, badArgs("format_number", "format_number(number, decimals) or format_number(number, pattern)", args)
		},
		Eval: kernel.RowsText(formatNumber)}}
}

// numberPattern says how many decimals a number has and whether thousands are
// separated.
type numberPattern struct {
	whole, least, most int // digits before the point at least; after it at least and at most
	grouped            bool
}

func patternOf(r *kernel.Row) (numberPattern, error) {
	if r.Call.Args[1].Kind == types.BigInt {
		d := r.Int(1)
		if d < 0 || d > 340 {
			return numberPattern{}, invalid("format_number takes 0 to 340 decimals, not %d", d)
		}
		return numberPattern{1, int(d), int(d), true}, nil
	}
	text := r.Text(1)
	whole, frac, _ := bytes.Cut(text, []byte("."))
	if len(bytes.Trim(whole, "#,0"))+len(bytes.Trim(frac, "#0")) > 0 || len(text) == 0 {
		return numberPattern{}, invalid("'%s' is not a pattern of #, 0, commas and a point", text)
	}
	return numberPattern{bytes.Count(whole, []byte("0")), bytes.Count(frac, []byte("0")), len(frac), bytes.IndexByte(whole, ',') >= 0}, nil
}

func formatNumber(r *kernel.Row, dst []byte) ([]byte, error) {
	p, err := patternOf(r)
	if err != nil {
		return nil, err
	}
	var digits string
	switch t := r.Call.Args[0]; {
	case t.IsFloating():
		digits = strconv.FormatFloat(r.Float(0), 'f', p.most, 64)
	case t.Kind == types.Decimal:
		// Exact, and rounded half away from zero.
		scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.Scale)), nil)
		digits = new(big.Rat).SetFrac(r.Decimal(0).Big(), scale).FloatString(p.most)
	default:
		digits = strconv.FormatInt(r.Int(0), 10)
		if p.most > 0 {
			digits += "." + strings.Repeat("0", p.most)
		}
	}
	whole, frac, ok := strings.Cut(digits, ".")
	if !ok && strings.ContainsAny(whole, "aI") { // NaN, Inf
		return append(dst, digits...), nil
	}
	for len(frac) > p.least && frac[len(frac)-1] == '0' {
		frac = frac[:len(frac)-1]
	}
	neg := strings.HasPrefix(whole, "-")
	whole = strings.TrimPrefix(whole, "-")
	if whole == "0" && p.whole == 0 && frac != "" {
		whole = ""
	}
	if neg && strings.Trim(whole+frac, "0") != "" {
		dst = append(dst, '-')
	}
	if n := p.whole - len(whole); n > 0 {
		whole = strings.Repeat("0", n) + whole
	}
	for i := range len(whole) {
		if p.grouped && i > 0 && (len(whole)-i)%3 == 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, whole[i])
	}
	if frac != "" {
		dst = append(append(dst, '.'), frac...)
	}
	return dst, nil
}
