package builtin

import (
	"unicode/utf8"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

func runeLength(s []byte) int64 {
	if isASCII(s) {
		return int64(len(s))
	}
	if !utf8.Valid(s) {
		return -1
	}
	return int64(utf8.RuneCount(s))
}

func byteLength(s []byte) int64 { return int64(len(s)) }

func isASCII(s []byte) bool {
	for _, c := range s {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func appendLower(dst, s []byte) []byte {
	at := len(dst)
	dst = append(dst, s...)
	for i, c := range dst[at:] {
		if c-'A' < 26 {
			dst[at+i] = c | 0x20
		}
	}
	return dst
}

func appendUpper(dst, s []byte) []byte {
	at := len(dst)
	dst = append(dst, s...)
	for i, c := range dst[at:] {
		if c-'a' < 26 {
			dst[at+i] = c &^ 0x20
		}
	}
	return dst
}

func appendInitcap(dst, s []byte) []byte {
	at := len(dst)
	dst = appendLower(dst, s)
	start := true
	for i, c := range dst[at:] {
		if start && c-'a' < 26 {
			dst[at+i] = c &^ 0x20
		}
		start = isBlank(c)
	}
	return dst
}

func isBlank(c byte) bool { return c == ' ' || c-'\t' < 5 }

func trimLeft(s []byte, in func(byte) bool) []byte {
	for len(s) > 0 && in(s[0]) {
		s = s[1:]
	}
	return s
}

func trimRight(s []byte, in func(byte) bool) []byte {
	for len(s) > 0 && in(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// skipRunes is the byte offset of character n of s (from 0), or len(s).
func skipRunes(s []byte, n int64) int {
	if n >= int64(len(s)) {
		return len(s)
	}
	if isASCII(s[:n]) {
		return int(n)
	}
	at := 0
	for ; n > 0 && at < len(s); n-- {
		_, size := utf8.DecodeRune(s[at:])
		at += size
	}
	return at
}

func padTo(dst, s []byte, n int64, fill []byte, left bool) ([]byte, error) {
	if n < 0 {
		return nil, kernel.Null
	}
	have := int64(utf8.RuneCount(s))
	if have >= n {
		return append(dst, s[:skipRunes(s, n)]...), nil
	}
	if len(fill) == 0 {
		return append(dst, s...), nil
	}
	if n > maxText {
		return nil, tooLong(n)
	}
	if !left {
		dst = append(dst, s...)
	}
	per := int64(utf8.RuneCount(fill))
	for need := n - have; need > 0; need -= per {
		dst = append(dst, fill[:skipRunes(fill, need)]...)
	}
	if left {
		dst = append(dst, s...)
	}
	return dst, nil
}

// maxText bounds the texts that functions make from nothing, in bytes.
const maxText = 8 << 20

func tooLong(n int64) error { return invalid("a text of %d bytes is too long", n) }

func appendRepeated(dst, s []byte, n int64) ([]byte, error) {
	if n > maxText || n*int64(len(s)) > maxText {
		return nil, tooLong(n * int64(max(len(s), 1)))
	}
	for ; n > 0; n-- {
		dst = append(dst, s...)
	}
	return dst, nil
}

func appendReversed(dst, s []byte) []byte {
	for len(s) > 0 {
		_, size := utf8.DecodeLastRune(s)
		dst = append(dst, s[len(s)-size:]...)
		s = s[:len(s)-size]
	}
	return dst
}

// substrOf makes SUBSTR, which gives NULL for position 0, or SUBSTRING.
func substrOf(name string, zeroIsNull bool, summary, example, result string) *udf.Function {
	s, b, l := types.StringType, types.BinaryType, types.BigIntType
	cut := func(part func(s []byte, start, n int64) []byte) udf.Eval {
		return kernel.TextArg2(func(dst, s []byte, start, n int64) ([]byte, error) {
			if start == 0 && zeroIsNull {
				return nil, kernel.Null
			}
			return append(dst, part(s, start, n)...), nil
		})
	}
	rest := func(part func(s []byte, start, n int64) []byte) udf.Eval {
		return kernel.TextArg(func(dst, s []byte, start int64) ([]byte, error) {
			if start == 0 && zeroIsNull {
				return nil, kernel.Null
			}
			return append(dst, part(s, start, int64(len(s)))...), nil
		})
	}
	return overloaded(udf.Function{Name: name, Family: "string", Doc: udf.Doc{Summary: summary, Example: example, Result: result}},
		variant{args: typeList(s, l), returns: s, eval: rest(runePart)},
		variant{args: typeList(b, l), returns: b, eval: rest(bytePart)},
		variant{args: typeList(s, l, l), returns: s, eval: cut(runePart)},
		variant{args: typeList(b, l, l), returns: b, eval: cut(bytePart)})
}

// runePart is n characters of s from position start; nothing for position 0 or
// one before the beginning.
func runePart(s []byte, start, n int64) []byte {
	if start == 0 || n <= 0 {
		return nil
	}
	if start < 0 {
		if isASCII(s) {
			return bytePart(s, start, n)
		}
		if start += int64(utf8.RuneCount(s)) + 1; start < 1 {
			return nil
		}
	}
	s = s[skipRunes(s, start-1):]
	return s[:skipRunes(s, n)]
}

func bytePart(s []byte, start, n int64) []byte {
	if start == 0 || n <= 0 {
		return nil
	}
	if start < 0 {
		start += int64(len(s)) + 1
	}
	if start < 1 || start > int64(len(s)) {
		return nil
	}
	s = s[start-1:]
	return s[:min(n, int64(len(s)))]
}

// soundexCodes are the digits of the letters a to z; 0 is dropped, 7 does not
// separate equal digits.
const soundexCodes = "01230127022455012623017202"

func appendSoundex(dst, s []byte) []byte {
	at := len(dst)
	last := byte('0')
	for _, c := range s {
		if c |= 0x20; c-'a' >= 26 {
			continue
		}
		code := soundexCodes[c-'a']
		switch {
		case len(dst) == at:
			dst = append(dst, c&^0x20)
		case code == '7':
			continue
		case code != '0' && code != last:
			dst = append(dst, code)
		}
		if last = code; len(dst) == at+4 {
			return dst
		}
	}
	for len(dst) > at && len(dst) < at+4 {
		dst = append(dst, '0')
	}
	return dst
}

func resolveReverse(args []udf.Arg) (udf.Signature, error) {
	t, err := oneArg("reverse", args)
	switch {
	case err == nil && t.Kind == types.Array:
	case err == nil && types.CanCoerce(t, types.StringType):
		t = types.StringType
	default:
		return udf.Signature{}, badArgs("reverse", "reverse(text or array)", args)
	}
	return udf.Signature{Args: typeList(t), Returns: t}, nil
}

func newReverse(call *udf.Call) (udf.Eval, error) {
	if call.Args[0].Kind == types.String {
		return kernel.Text1(appendReversed), nil
	}
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		return pickElements(call, args, args, n, func(l *listRow) {
			for k := l.to - 1; k >= l.from; k-- {
				l.keep(k)
			}
		})
	}, nil
}
