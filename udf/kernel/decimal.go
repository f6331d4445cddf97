package kernel

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// decimalArithmetic computes + - * of DECIMALs. While both sides are narrow and
// nothing leaves 64 bits it is integer arithmetic; otherwise the batch is
// computed again in 128 bits.
func decimalArithmetic(op byte, call *udf.Call, a, b *batch.Column, n int, valid batch.Bitmap) (*batch.Column, error) {
	sa, sb, scale := a.Type.Scale, b.Type.Scale, call.Returns.Scale
	if a.Phys == batch.PhysI64 && b.Phys == batch.PhysI64 {
		if out := narrowArithmetic(call.Buffers, op, a, b, n, scale); out != nil {
			return batch.FromValues(call.Returns, batch.PhysI64, out, valid), nil
		}
	}
	x, y, out := ViewOf[decimal.Int128](a), ViewOf[decimal.Int128](b), batch.SliceOf[decimal.Int128](call.Buffers, n)
	for i := range out {
		if valid != nil && !valid.Get(i) {
			continue
		}
		v, ok := wideArithmetic(op, x.At(i), y.At(i), sa, sb, scale)
		if !ok || !v.Fits(call.Returns.Precision) {
			return nil, overflow(call.Returns, "%s %c %s", x.At(i).Text(sa), op, y.At(i).Text(sb))
		}
		out[i] = v
	}
	return decimals(call.Buffers, call.Returns, out, valid), nil
}

func wideArithmetic(op byte, x, y decimal.Int128, sa, sb, scale int) (decimal.Int128, bool) {
	if op == '*' {
		return decimal.MulScaled(x, y, sa+sb-scale)
	}
	if op == '-' {
		y = y.Neg()
	}
	return decimal.AddScaled(x, sa, y, sb, scale)
}

// narrowArithmetic computes in 64 bits, or gives nil if a row might not fit. The
// result type has room for every value its operand types allow, except where its
// precision was cut to 38, so values of 64 bits always fit it.
func narrowArithmetic(buf *batch.Buffers, op byte, a, b *batch.Column, n, scale int) []int64 {
	sa, sb := a.Type.Scale, b.Type.Scale
	x, y := batch.Values[int64](a), batch.Values[int64](b)
	if op == '*' {
		if sa+sb != scale {
			return nil
		}
		return mulNarrow(buf, x, y, a, b, n)
	}
	if max(sa, sb) != scale {
		return nil
	}
	x, y = scaleUp(buf, x, scale-sa), scaleUp(buf, y, scale-sb)
	if x == nil || y == nil {
		return nil
	}
	return addNarrow(buf, op, x, y, n, a.Enc == batch.Const, b.Enc == batch.Const)
}

// mulNarrow multiplies if the bits of the largest magnitudes add up to at most 62.
func mulNarrow(buf *batch.Buffers, x, y []int64, a, b *batch.Column, n int) []int64 {
	if a.Enc == batch.Const {
		x, y, a, b = y, x, b, a
	}
	if magnitude(x)+magnitude(y) > 62 {
		return mulChecked(buf, x, y, a.Enc == batch.Const, b.Enc == batch.Const, n)
	}
	out := batch.SliceOf[int64](buf, n)
	switch {
	case a.Enc == batch.Const:
		for i := range out {
			out[i] = x[0] * y[0]
		}
	case b.Enc == batch.Const:
		x, c := x[:n], y[0]
		for i := range out {
			out[i] = x[i] * c
		}
	default:
		x, y := x[:n], y[:n]
		for i := range out {
			out[i] = x[i] * y[i]
		}
	}
	return out
}

// mulChecked multiplies with a look at the high word of every product.
func mulChecked(buf *batch.Buffers, x, y []int64, xConst, yConst bool, n int) []int64 {
	out := batch.SliceOf[int64](buf, n)
	mx, my := -1, -1
	if xConst {
		mx = 0
	}
	if yConst {
		my = 0
	}
	var wrapped int64
	for i := range out {
		p := decimal.MulInt64(x[i&mx], y[i&my])
		wrapped |= p.Hi ^ int64(p.Lo)>>63
		out[i] = int64(p.Lo)
	}
	if wrapped != 0 {
		return nil
	}
	return out
}

func addNarrow(buf *batch.Buffers, op byte, x, y []int64, n int, xConst, yConst bool) []int64 {
	out := batch.SliceOf[int64](buf, n)
	var wrapped int64
	switch {
	case xConst && yConst:
		c := x[0] + y[0]
		if op == '-' {
			c = x[0] - y[0]
			wrapped = (x[0] ^ y[0]) & (x[0] ^ c)
		} else {
			wrapped = (x[0] ^ c) & (y[0] ^ c)
		}
		for i := range out {
			out[i] = c
		}
	case xConst && op == '-':
		c, y := x[0], y[:n]
		for i := range out {
			r := c - y[i]
			wrapped |= (c ^ y[i]) & (c ^ r)
			out[i] = r
		}
	case yConst && op == '-':
		x, c := x[:n], y[0]
		for i := range out {
			r := x[i] - c
			wrapped |= (x[i] ^ c) & (x[i] ^ r)
			out[i] = r
		}
	case xConst || yConst:
		if xConst {
			x, y = y, x
		}
		x, c := x[:n], y[0]
		for i := range out {
			r := x[i] + c
			wrapped |= (x[i] ^ r) & (c ^ r)
			out[i] = r
		}
	default:
		if !integerLoop(op, x[:n], y[:n], out) {
			return nil
		}
	}
	if wrapped < 0 {
		return nil
	}
	return out
}

// scaleUp multiplies by 10^k, or gives nil if that might wrap.
func scaleUp(buf *batch.Buffers, x []int64, k int) []int64 {
	if k == 0 {
		return x
	}
	if k > 18 {
		return nil
	}
	f := decimal.Pow10(k).Int64()
	if magnitude(x)+magnitude([]int64{f}) > 63 {
		return nil
	}
	out := batch.SliceOf[int64](buf, len(x))
	for i, v := range x {
		out[i] = v * f
	}
	return out
}

// decimalDivide computes / % or DIV ('d') of DECIMALs; by zero it is NULL.
func decimalDivide(op byte, call *udf.Call, args []*batch.Column, n int, valid batch.Bitmap) (*batch.Column, error) {
	a, b := args[0], args[1]
	sa, sb, t := a.Type.Scale, b.Type.Scale, call.Returns
	x, y := ViewOf[decimal.Int128](a), ViewOf[decimal.Int128](b)
	out, miss := batch.SliceOf[decimal.Int128](call.Buffers, n), nulls{valid: valid, n: n}
	for i := range out {
		if miss.skip(i) {
			continue
		}
		u, v := x.At(i), y.At(i)
		if v.IsZero() {
			miss.set(i)
			continue
		}
		var r decimal.Int128
		ok := true
		switch op {
		case '/':
			r, ok = decimal.QuoScaled(u, v, t.Scale-sa+sb)
		case '%':
			r, ok = decimal.RemScaled(u, v, sb-sa).Rescale(max(sa, sb), t.Scale)
		default:
			r, ok = decimal.QuoInt(u, v, sb-sa)
		}
		if t.Kind == types.Decimal {
			ok = ok && r.Fits(t.Precision)
		} else {
			ok = ok && r.FitsInt64()
		}
		if !ok {
			return nil, overflow(t, "%s %c %s", u.Text(sa), op, v.Text(sb))
		}
		out[i] = r
	}
	if t.Kind == types.Decimal {
		return decimals(call.Buffers, t, out, miss.valid), nil
	}
	ints := batch.SliceOf[int64](call.Buffers, n)
	for i, v := range out {
		ints[i] = v.Int64()
	}
	return Column(t, ints, miss.valid), nil
}
