package batch

import "encoding/binary"

// TextCode is the first eight bytes of a text as a number, zeros after its end:
// where two codes differ they compare as the texts do.
func TextCode(v []byte) uint64 {
	if len(v) >= 8 {
		return binary.BigEndian.Uint64(v)
	}
	code := uint64(0)
	for i, c := range v {
		code |= uint64(c) << (56 - 8*i)
	}
	return code
}

// moveText copies src[lo:hi] to the front of dst. It is fast for short texts, after
// which it may write up to 16 bytes of dst.
func moveText(dst, src []byte, lo, hi int) {
	if hi-lo <= 16 && lo+16 <= len(src) && len(dst) >= 16 {
		*(*[16]byte)(dst) = [16]byte(src[lo:])
		return
	}
	copy(dst, src[lo:hi])
}
