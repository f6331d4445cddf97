package builtin

import (
	"bytes"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// constantOf is an Eval that gives v in every row.
func constantOf(t types.Type, v types.Datum) udf.Eval {
	return func(_ *udf.Call, _ []*batch.Column, n int) (*batch.Column, error) {
		return batch.DatumColumn(t, v, n), nil
	}
}

// textFunctions lists the functions that measure and reshape texts. Positions
// count code points from 1.
func textFunctions() []*udf.Function {
	s, l := types.StringType, types.BigIntType
	text := func(name, summary, example, result string, f func(dst, s []byte) []byte, aliases ...string) *udf.Function {
		return &udf.Function{Name: name, Aliases: aliases, Family: "string", Args: typeList(s), Returns: s,
			Doc: udf.Doc{Summary: summary, Example: example, Result: result}, Eval: kernel.Text1(f)}
	}
	measure := func(name, summary, example, result string, f func(s []byte) int64, aliases ...string) *udf.Function {
		return &udf.Function{Name: name, Aliases: aliases, Family: "string", Args: typeList(s), Returns: l,
			Doc: udf.Doc{Summary: summary, Example: example, Result: result}, Eval: kernel.TextTo(f)}
	}
	trim := func(name, summary, example, result string, f func(s []byte, in func(byte) bool, cut string) []byte) *udf.Function {
		return overloaded(udf.Function{Name: name, Family: "string", Doc: udf.Doc{Summary: summary, Example: example, Result: result}},
			variant{args: typeList(s), returns: s, eval: kernel.Text1(func(dst, s []byte) []byte { return append(dst, f(s, isBlank, " ")...) })},
			variant{args: typeList(s, s), returns: s, eval: kernel.Text2(func(dst, s, cut []byte) ([]byte, error) {
				return append(dst, f(s, nil, string(cut))...), nil
			})})
	}
	pad := func(name, summary, example, result string, left bool) *udf.Function {
		return &udf.Function{Name: name, Family: "string", Args: typeList(s, l, s), Returns: s,
			Doc: udf.Doc{Summary: summary, Example: example, Result: result},
			Eval: kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
				return padTo(dst, r.Text(0), r.Int(1), r.Text(2), left)
			})}
	}
	return []*udf.Function{
		measure("ascii", "The first byte; 0 for an empty text.", "ascii('abc')", "97", func(s []byte) int64 {
			if len(s) == 0 {
				return 0
			}
			return int64(s[0])
		}),
		{Name: "chr", Family: "string", Args: typeList(l), Returns: s,
			Doc: udf.Doc{Summary: "The character of an ASCII code (0 to 127).", Example: "chr(65)", Result: "A"},
			Eval: kernel.ToTextErr(func(dst []byte, n int64) ([]byte, error) {
				if n < 0 || n > 127 {
					return nil, invalid("chr takes 0 to 127, not %d", n)
				}
				return append(dst, byte(n)), nil
			})},
		overloaded(udf.Function{Name: "length", Aliases: []string{"char_length", "character_length"}, Family: "string",
			Doc: udf.Doc{Summary: "The number of characters, -1 if not valid UTF-8; of BINARY the number of bytes.", Example: "length('海龟')", Result: "2"}},
			variant{args: typeList(s), returns: l, eval: kernel.TextTo(runeLength)},
			variant{args: typeList(types.BinaryType), returns: l, eval: kernel.TextTo(byteLength)}),
		overloaded(udf.Function{Name: "lengthb", Aliases: []string{"octet_length"}, Family: "string",
			Doc: udf.Doc{Summary: "The number of bytes.", Example: "lengthb('海龟')", Result: "6"}},
			variant{args: typeList(s), returns: l, eval: kernel.TextTo(byteLength)},
			variant{args: typeList(types.BinaryType), returns: l, eval: kernel.TextTo(byteLength)}),
		text("lower", "English letters in lower case.", "lower('ABC')", "abc", appendLower, "tolower", "lcase"),
		text("upper", "English letters in upper case.", "upper('abc')", "ABC", appendUpper, "toupper", "ucase"),
		text("initcap", "The first letter of each word in upper case, the others in lower case.", "initcap('oDPS sql')", "Odps Sql", appendInitcap),
		text("soundex", "The soundex code.", "soundex('Robert')", "R163", appendSoundex),
		trim("trim", "Without the characters of a set (blanks) at both ends.", "trim('xxayx', 'xy')", "a", func(s []byte, in func(byte) bool, cut string) []byte {
			if in != nil {
				return trimRight(trimLeft(s, in), in)
			}
			return bytes.Trim(s, cut)
		}),
		trim("ltrim", "Without the characters of a set (blanks) at the beginning.", "ltrim('xya', 'xy')", "a", func(s []byte, in func(byte) bool, cut string) []byte {
			if in != nil {
				return trimLeft(s, in)
			}
			return bytes.TrimLeft(s, cut)
		}),
		trim("rtrim", "Without the characters of a set (blanks) at the end.", "rtrim('axy', 'xy')", "a", func(s []byte, in func(byte) bool, cut string) []byte {
			if in != nil {
				return trimRight(s, in)
			}
			return bytes.TrimRight(s, cut)
		}),
		pad("lpad", "Filled from the left with a text to n characters, or cut to n.", "lpad('abc', 5, '12')", "12abc", true),
		pad("rpad", "Filled from the right with a text to n characters, or cut to n.", "rpad('abc', 5, '12')", "abc12", false),
		{Name: "repeat", Family: "string", Args: typeList(s, l), Returns: s,
			Doc:  udf.Doc{Summary: "The text n times.", Example: "repeat('abc', 2)", Result: "abcabc"},
			Eval: kernel.TextArg(func(dst, s []byte, n int64) ([]byte, error) { return appendRepeated(dst, s, n) })},
		{Name: "space", Family: "string", Args: typeList(l), Returns: s,
			Doc:  udf.Doc{Summary: "n blanks.", Example: "length(space(10))", Result: "10"},
			Eval: kernel.ToTextErr(func(dst []byte, n int64) ([]byte, error) { return appendRepeated(dst, []byte(" "), n) })},
		{Name: "reverse", Family: "string", Resolve: resolveReverse, New: newReverse,
			Doc: udf.Doc{Summary: "The characters of a text, or the elements of an array, in reverse order.", Example: "reverse('abc')", Result: "cba"}},
		substrOf("substr", true, "From position start (negative: from the end), n characters or the rest; start 0 gives NULL.", "substr('abcdef', 2, 3)", "bcd"),
		substrOf("substring", false, "From position start (negative: from the end), n characters or the rest; start 0 gives ''.", "substring('abcdef', -2)", "ef"),
	}
}
