package builtin

import (
	"math"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// otherFunctions lists the functions that belong to no family.
func otherFunctions() []*udf.Function {
	s, l := types.StringType, types.BigIntType
	return []*udf.Function{
		{Name: "decode", Family: "other", Resolve: resolveDecode, New: newDecode,
			Doc: udf.Doc{Usage: "decode(x, search, result, …[, default]) or decode(binary, charset)", Summary: "decode(x, a, r, b, s, …[, otherwise]): the result behind the first value equal to x, where NULL equals NULL. decode(bytes, charset) is from_charset.", Example: "decode(2, 1, 'a', 2, 'b', 'c')", Result: "b"}},
		{Name: "ordinal", Family: "other", Resolve: resolveOrdinal, Eval: ordinal,
			Doc: udf.Doc{Summary: "The nth least of the values that follow; NULL is the least.", Example: "ordinal(3, 1, 3, 2, 5)", Result: "3"}},
		{Name: "failif", Family: "other", Args: typeList(types.BooleanType, s), Returns: types.BooleanType, Volatile: true,
			Doc: udf.Doc{Summary: "Fails with a message if the condition is true, otherwise false.", Example: "failif(1 > 2, 'one is greater than two')", Result: "false"},
			Eval: kernel.Rows(func(r *kernel.Row) (bool, error) {
				if r.Bool(0) {
					return false, diag.Errorf(diag.CodeUserFunction, diag.Pos{}, "%s", r.Text(1))
				}
				return false, nil
			})},
		{Name: "sample", Family: "other", Resolve: resolveSample, Volatile: true, Eval: sample,
			Doc: udf.Doc{Summary: "sample(x[, y[, columns…]]): whether a row falls into part y (1) of x, by the hash of the columns or at random.", Example: "sample(1)", Result: "true"}},
		{Name: "get_idcard_age", Family: "other", Args: typeList(s), Returns: l,
			Doc: udf.Doc{Summary: "The age of the holder of an identity card number; NULL if the number is bad or the age above 100.", Example: "get_idcard_age('bad')", Result: ""},
			Eval: kernel.Rows(func(r *kernel.Row) (int64, error) {
				born, _, ok := idcard(r.Text(0))
				now := dayOf(kernel.NewClock(zoneOf(r.Call)).Wall(r.Call.Session.Now.UnixMicro()))
				y, m, d := batch.CivilOf(now)
				by, bm, bd := batch.CivilOf(born)
				age := int64(y - by)
				if m < bm || m == bm && d < bd {
					age--
				}
				if !ok || age > 100 {
					return 0, kernel.Null
				}
				return age, nil
			})},
		{Name: "get_idcard_birthday", Family: "other", Args: typeList(s), Returns: types.DatetimeType,
			Doc: udf.Doc{Summary: "The birthday in an identity card number; NULL if the number is bad.", Example: "get_idcard_birthday('11010519491231002X')", Result: "1949-12-31 00:00:00"},
			Eval: timed(func(c *kernel.Clock) udf.Eval {
				return kernel.TextToErr(func(s []byte) (int64, error) {
					born, _, ok := idcard(s)
					if !ok {
						return 0, kernel.Null
					}
					return c.Instant(born * batch.MicrosPerDay), nil
				})
			})},
		{Name: "get_idcard_sex", Family: "other", Args: typeList(s), Returns: s,
			Doc: udf.Doc{Summary: "The sex in an identity card number (男 or 女); NULL if the number is bad.", Example: "get_idcard_sex('11010519491231002X')", Result: "女"},
			Eval: kernel.Text1Err(func(dst, s []byte) ([]byte, error) {
				_, male, ok := idcard(s)
				switch {
				case !ok:
					return nil, kernel.Null
				case male:
					return append(dst, "男"...), nil
				}
				return append(dst, "女"...), nil
			})},
	}
}

// idcard reads a Chinese identity card number: 18 digits whose last is a check
// digit (GB 11643, X for ten), or 15 digits.
func idcard(s []byte) (born int64, male, ok bool) {
	const checks = "10X98765432"
	weights := [...]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	var date string
	switch len(s) {
	case 15:
		date, male = "19"+string(s[6:12]), s[14]%2 == 1
		for _, c := range s {
			if c < '0' || c > '9' {
				return 0, false, false
			}
		}
	case 18:
		sum := 0
		for i, w := range weights {
			if s[i] < '0' || s[i] > '9' {
				return 0, false, false
			}
			sum += int(s[i]-'0') * w
		}
		if last := s[17] &^ 0x20; checks[sum%11] != s[17] && checks[sum%11] != last {
			return 0, false, false
		}
		date, male = string(s[6:14]), s[16]%2 == 1
	default:
		return 0, false, false
	}
	wall, ok := parseFormatted([]byte(date), []byte("yyyymmdd"))
	return dayOf(wall), male, ok
}

func resolveDecode(args []udf.Arg) (udf.Signature, error) {
	usage := "decode(x, value, result, …[, otherwise]) or decode(bytes, charset)"
	if len(args) == 2 && args[0].Type.Kind == types.Binary && types.CanCoerce(args[1].Type, types.StringType) {
		return udf.Signature{Args: typeList(types.BinaryType, types.StringType), Returns: types.StringType}, nil
	}
	if len(args) < 3 {
		return udf.Signature{}, badArgs("decode", usage, args)
	}
	key, result := args[0].Type, types.NullType
	ok := true
	for i := 1; i < len(args) && ok; i++ {
		if i%2 == 1 && i+1 < len(args) {
			key, ok = types.Comparison(key, args[i].Type)
		} else {
			result, ok = types.Common(result, args[i].Type)
		}
	}
	if !ok {
		return udf.Signature{}, badArgs("decode", usage, args)
	}
	sig := udf.Signature{Returns: result}
	for i := range args {
		if i == 0 || i%2 == 1 && i+1 < len(args) {
			sig.Args = append(sig.Args, key)
		} else {
			sig.Args = append(sig.Args, result)
		}
	}
	return sig, nil
}

func newDecode(call *udf.Call) (udf.Eval, error) {
	if len(call.Args) == 2 {
		return kernel.Text2(func(dst, s, set []byte) ([]byte, error) {
			out, err := fromCharset(s, set)
			return append(dst, out...), err
		}), nil
	}
	return decode, nil
}

// decode chooses among the results, which stand behind the values, and what
// stands for the others.
func decode(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	var values, results []*batch.Column
	for k := 1; k+1 < len(args); k += 2 {
		values, results = append(values, args[k]), append(results, args[k+1])
	}
	otherwise := -1
	if len(args)%2 == 0 {
		otherwise, results = len(results), append(results, args[len(args)-1])
	}
	return choose(call.Returns, results, n, func(i int) int {
		null := args[0].IsNull(i)
		for k, v := range values {
			if null == v.IsNull(i) && (null || kernel.CompareAt(args[0], i, v, i) == 0) {
				return k
			}
		}
		return otherwise
	}), nil
}

func resolveOrdinal(args []udf.Arg) (udf.Signature, error) {
	t, ok := types.NullType, len(args) >= 2 && types.CanCoerce(args[0].Type, types.BigIntType)
	for i := 1; i < len(args) && ok; i++ {
		t, ok = types.Common(t, args[i].Type)
	}
	if !ok || !t.IsComparable() {
		return udf.Signature{}, badArgs("ordinal", "ordinal(n, x, …)", args)
	}
	sig := udf.Signature{Args: typeList(types.BigIntType), Returns: t}
	for range args[1:] {
		sig.Args = append(sig.Args, t)
	}
	return sig, nil
}

func ordinal(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	vals := args[1:]
	order := make([]int, len(vals))
	var bad error
	out := choose(call.Returns, vals, n, func(i int) int {
		if args[0].IsNull(i) {
			return -1
		}
		at := args[0].Int(i)
		if at < 1 || at > int64(len(order)) {
			bad = invalid("ordinal has no value %d of %d", at, len(order))
			return -1
		}
		for k := range order {
			order[k] = k
		}
		slices.SortStableFunc(order, func(a, b int) int {
			x, y := vals[a], vals[b]
			if x.IsNull(i) || y.IsNull(i) {
				return nullRank(x, i) - nullRank(y, i)
			}
			return kernel.CompareAt(x, i, y, i)
		})
		return order[at-1]
	})
	return out, bad
}

func nullRank(c *batch.Column, i int) int {
	if c.IsNull(i) {
		return 0
	}
	return 1
}

func resolveSample(args []udf.Arg) (udf.Signature, error) {
	sig := udf.Signature{Returns: types.BooleanType}
	for i, a := range args {
		t := a.Type
		if i < 2 {
			t = types.BigIntType
			if !types.CanCoerce(a.Type, t) {
				return sig, badArgs("sample", "sample(x[, y[, column, …]])", args)
			}
		}
		sig.Args = append(sig.Args, t)
	}
	if len(args) == 0 {
		return sig, badArgs("sample", "sample(x[, y[, column, …]])", args)
	}
	return sig, nil
}

func sample(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	var hashes []uint64
	if len(args) > 2 {
		hashes = batch.HashColumns(args[2:], n, nil)
	}
	bits := batch.NewBitmap(n)
	for i := range n {
		parts, part := args[0].Int(i), int64(1)
		if len(args) > 1 {
			part = args[1].Int(i)
		}
		if parts < 1 || parts > math.MaxInt32 || part < 1 || part > parts {
			return nil, invalid("sample takes part %d of %d", part, parts)
		}
		h := mix(call.Seed, uint64(call.Row)+uint64(i))
		if hashes != nil {
			h = hashes[i]
		}
		bits.SetTo(i, batch.PartitionOf(h, int(parts)) == int(part-1))
	}
	return batch.FromBits(bits, n, nil), nil
}
