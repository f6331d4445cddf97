package decimal

import (
	"math/big"
	"strings"
)

// Big is a as a big.Int.
func (a Int128) Big() *big.Int {
	v := new(big.Int).Lsh(big.NewInt(a.Hi), 64)
	return v.Add(v, new(big.Int).SetUint64(a.Lo))
}

// Text writes the unscaled value a with scale digits after the point.
func (a Int128) Text(scale int) string { return string(a.Append(nil, scale)) }

// Append is Text appended to dst.
func (a Int128) Append(dst []byte, scale int) []byte {
	neg := a.IsNeg()
	digits := strings.TrimPrefix(a.Big().String(), "-")
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	if neg {
		dst = append(dst, '-')
	}
	dst = append(dst, digits[:len(digits)-scale]...)
	if scale > 0 {
		dst = append(dst, '.')
		dst = append(dst, digits[len(digits)-scale:]...)
	}
	return dst
}
