package builtin

import (
	"bytes"
	"unicode/utf8"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// findFunctions lists the functions that search and split texts.
func findFunctions() []*udf.Function {
	s, l := types.StringType, types.BigIntType
	search := func(r *kernel.Row, hay, needle []byte, from int) (int64, error) {
		start, nth := int64(1), int64(1)
		if r.Len() > from {
			start = r.Int(from)
		}
		if r.Len() > from+1 {
			nth = r.Int(from + 1)
		}
		return position(hay, needle, start, nth)
	}
	return []*udf.Function{
		{Name: "instr", Family: "string", Args: typeList(s, s, l, l), Optional: 2, Returns: l,
			Doc:  udf.Doc{Summary: "The position of the nth (first) occurrence of the second text in the first, from position start (1) on, or backwards from a negative start; 0 if there is none.", Example: "instr('tech on the net', 'e', 1, 2)", Result: "11"},
			Eval: kernel.Rows(func(r *kernel.Row) (int64, error) { return search(r, r.Text(0), r.Text(1), 2) })},
		{Name: "locate", Aliases: []string{"position"}, Family: "string", Args: typeList(s, s, l), Optional: 1, Returns: l,
			Doc:  udf.Doc{Summary: "The position of the first text in the second, from position start (1) on; 0 if there is none.", Example: "locate('ab', 'abcabc', 2)", Result: "4"},
			Eval: kernel.Rows(func(r *kernel.Row) (int64, error) { return search(r, r.Text(1), r.Text(0), 2) })},
		{Name: "char_matchcount", Family: "string", Args: typeList(s, s), Returns: l,
			Doc: udf.Doc{Summary: "How many characters of the first text occur in the second.", Example: "char_matchcount('aabc', 'abcde')", Result: "4"},
			Eval: kernel.Text2To(func(s, in []byte) (int64, error) {
				n := int64(0)
				for len(s) > 0 {
					_, size := utf8.DecodeRune(s)
					if bytes.Contains(in, s[:size]) {
						n++
					}
					s = s[size:]
				}
				return n, nil
			})},
		{Name: "find_in_set", Family: "string", Args: typeList(s, s, s), Optional: 1, Returns: l,
			Doc: udf.Doc{Summary: "The position of a text in a list separated by commas or another delimiter; 0 if it is not there or contains the delimiter.", Example: "find_in_set('ab', 'abc,hello,ab,c')", Result: "3"},
			Eval: kernel.Rows(func(r *kernel.Row) (int64, error) {
				return findInSet(r.Text(0), r.Text(1), optionalText(r, 2, ",")), nil
			})},
		{Name: "replace", Family: "string", Args: typeList(s, s, s), Returns: s,
			Doc: udf.Doc{Summary: "The text with every occurrence of the second argument replaced by the third.", Example: "replace('abcab', 'ab', 'x')", Result: "xcx"},
			Eval: kernel.Text3(func(dst, s, old, new []byte) ([]byte, error) {
				if len(old) == 0 {
					return append(dst, s...), nil
				}
				for {
					i := bytes.Index(s, old)
					if i < 0 {
						return append(dst, s...), nil
					}
					dst = append(append(dst, s[:i]...), new...)
					s = s[i+len(old):]
				}
			})},
		{Name: "translate", Family: "string", Args: typeList(s, s, s), Returns: s,
			Doc:  udf.Doc{Summary: "The text with each character of the second argument replaced by the one at its place in the third, or dropped.", Example: "translate('MaxCompute', 'axC', '12')", Result: "M12ompute"},
			Eval: kernel.Text3(translateRunes)},
		{Name: "substring_index", Family: "string", Args: typeList(s, s, l), Returns: s,
			Doc: udf.Doc{Summary: "What precedes the nth separator, or for a negative n follows the nth from the right.", Example: "substring_index('www.a.com', '.', -2)", Result: "a.com"},
			Eval: kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
				return append(dst, substringIndex(r.Text(0), r.Text(1), r.Int(2))...), nil
			})},
		{Name: "split_part", Family: "string", Args: typeList(s, s, l, l), Optional: 1, Returns: s,
			Doc:  udf.Doc{Summary: "The parts from start to end (start) of a text cut at a separator.", Example: "split_part('a,b,c,d', ',', 2, 3)", Result: "b,c"},
			Eval: kernel.RowsText(splitPart)},
		{Name: "keyvalue", Family: "string", Resolve: resolveKeyvalue,
			Doc:  udf.Doc{Summary: "The value of a key in a text of pairs; pairs are separated by ';' and key and value by ':' unless given.", Example: "keyvalue('a:1;b:2', 'b')", Result: "2"},
			Eval: kernel.RowsText(keyvalue)},
		{Name: "concat_ws", Family: "string", Resolve: resolveConcatWS,
			Doc:  udf.Doc{Summary: "The texts, or the elements of arrays of texts, joined by a separator; NULL if one is NULL.", Example: "concat_ws('-', 'a', 'b')", Result: "a-b"},
			Eval: kernel.RowsText(concatWS)},
	}
}

// optionalText is text argument k, or what stands for it when it is left out.
func optionalText(r *kernel.Row, k int, otherwise string) []byte {
	if k < r.Len() {
		return r.Text(k)
	}
	return []byte(otherwise)
}

// position finds the nth occurrence of needle; a negative start counts from the
// end and searches backwards.
func position(hay, needle []byte, start, nth int64) (int64, error) {
	if nth <= 0 {
		return 0, invalid("the occurrence to find must be positive, not %d", nth)
	}
	switch {
	case start == 0:
		return 0, nil
	case len(needle) == 0:
		return 1, nil
	case start > 0:
		at := skipRunes(hay, start-1)
		for ; ; nth-- {
			i := bytes.Index(hay[at:], needle)
			if i < 0 {
				return 0, nil
			}
			if at += i; nth == 1 {
				return int64(utf8.RuneCount(hay[:at])) + 1, nil
			}
			at += skipRunes(hay[at:], 1)
		}
	}
	start += int64(utf8.RuneCount(hay))
	if start < 0 {
		return 0, nil
	}
	end := min(skipRunes(hay, start)+len(needle), len(hay))
	for ; ; nth-- {
		i := bytes.LastIndex(hay[:end], needle)
		if i < 0 {
			return 0, nil
		}
		if nth == 1 {
			return int64(utf8.RuneCount(hay[:i])) + 1, nil
		}
		end = i + len(needle) - 1
	}
}

func findInSet(s, list, delim []byte) int64 {
	if len(s) == 0 || len(delim) == 0 || bytes.Contains(s, delim) {
		return 0
	}
	for k := int64(1); ; k++ {
		item, rest, more := bytes.Cut(list, delim)
		if bytes.Equal(item, s) {
			return k
		}
		if !more {
			return 0
		}
		list = rest
	}
}

func translateRunes(dst, s, from, to []byte) ([]byte, error) {
	targets := []rune(string(to))
	for len(s) > 0 {
		_, size := utf8.DecodeRune(s)
		if i := bytes.Index(from, s[:size]); i < 0 {
			dst = append(dst, s[:size]...)
		} else if k := utf8.RuneCount(from[:i]); k < len(targets) {
			dst = utf8.AppendRune(dst, targets[k])
		}
		s = s[size:]
	}
	return dst, nil
}

func substringIndex(s, sep []byte, count int64) []byte {
	if count == 0 || len(sep) == 0 {
		return nil
	}
	at := 0
	for ; count > 0; count-- {
		i := bytes.Index(s[at:], sep)
		if i < 0 {
			return s
		}
		if at += i; count == 1 {
			return s[:at]
		}
		at += len(sep)
	}
	end := len(s)
	for ; count < 0; count++ {
		i := bytes.LastIndex(s[:end], sep)
		if i < 0 {
			return s
		}
		if count == -1 {
			return s[i+len(sep):]
		}
		end = i
	}
	return s
}

func splitPart(r *kernel.Row, dst []byte) ([]byte, error) {
	s, sep, start := r.Text(0), r.Text(1), r.Int(2)
	end := start
	if r.Len() > 3 {
		end = r.Int(3)
	}
	if start <= 0 || end <= 0 {
		return nil, invalid("the parts of split_part count from 1")
	}
	if len(sep) == 0 {
		return append(dst, s...), nil
	}
	first := true
	for k := int64(1); k <= end; k++ {
		part, rest, more := bytes.Cut(s, sep)
		if k >= start {
			if !first {
				dst = append(dst, sep...)
			}
			dst, first = append(dst, part...), false
		}
		if !more {
			break
		}
		s = rest
	}
	return dst, nil
}

func resolveKeyvalue(args []udf.Arg) (udf.Signature, error) {
	if len(args) != 2 && len(args) != 4 {
		return udf.Signature{}, badArgs("keyvalue", "keyvalue(text, [split1, split2,] key)", args)
	}
	sig := udf.Signature{Returns: types.StringType}
	for _, a := range args {
		if !types.CanCoerce(a.Type, types.StringType) {
			return sig, badArgs("keyvalue", "keyvalue(text, [split1, split2,] key)", args)
		}
		sig.Args = append(sig.Args, types.StringType)
	}
	return sig, nil
}

func keyvalue(r *kernel.Row, dst []byte) ([]byte, error) {
	s, outer, inner, key := r.Text(0), []byte(";"), []byte(":"), r.Text(r.Len()-1)
	if r.Len() == 4 {
		outer, inner = r.Text(1), r.Text(2)
	}
	for more := len(outer) > 0 && len(inner) > 0; more; {
		var pair []byte
		pair, s, more = bytes.Cut(s, outer)
		if k, v, ok := bytes.Cut(pair, inner); ok && bytes.Equal(k, key) {
			return append(dst, v...), nil
		}
	}
	return nil, kernel.Null
}

func resolveConcatWS(args []udf.Arg) (udf.Signature, error) {
	sig := udf.Signature{Returns: types.StringType}
	for i, a := range args {
		switch {
		case i > 0 && a.Type.Kind == types.Array && types.CanCoerce(*a.Type.Elem, types.StringType):
			sig.Args = append(sig.Args, types.ArrayOf(types.StringType))
		case types.CanCoerce(a.Type, types.StringType):
			sig.Args = append(sig.Args, types.StringType)
		default:
			return sig, badArgs("concat_ws", "concat_ws(separator, text or array, …)", args)
		}
	}
	if len(args) < 2 {
		return sig, badArgs("concat_ws", "concat_ws(separator, text or array, …)", args)
	}
	return sig, nil
}

func concatWS(r *kernel.Row, dst []byte) ([]byte, error) {
	sep, first := r.Text(0), true
	add := func(s []byte) {
		if !first {
			dst = append(dst, sep...)
		}
		dst, first = append(dst, s...), false
	}
	for k := 1; k < r.Len(); k++ {
		if r.Call.Args[k].Kind != types.Array {
			add(r.Text(k))
			continue
		}
		c, i := r.Column(k)
		elems := c.Children[0]
		for e := int(c.Offsets[i]); e < int(c.Offsets[i+1]); e++ {
			if elems.IsNull(e) {
				return nil, kernel.Null
			}
			add(elems.Bytes(e))
		}
	}
	return dst, nil
}

// textLists builds a column of ARRAY<STRING>: f adds the elements of row i; the
// rows in which an argument is NULL are NULL.
func textLists(args []*batch.Column, n int, f func(i int, add func([]byte)) error) (*batch.Column, error) {
	t := types.ArrayOf(types.StringType)
	valid, allNull := kernel.Validity(args, n)
	if allNull {
		return batch.NullColumn(t, n), nil
	}
	elems, offsets := newTexts(n), make([]int32, n+1)
	add := func(s []byte) {
		elems.data = append(elems.data, s...)
		elems.end()
	}
	for i := range n {
		if valid == nil || valid.Get(i) {
			if err := f(i, add); err != nil {
				return nil, err
			}
		}
		offsets[i+1] = int32(len(elems.offsets) - 1)
	}
	child := elems.column(types.StringType)
	return &batch.Column{Type: t, Phys: batch.PhysList, N: n, Valid: valid, Offsets: offsets, Children: []*batch.Column{child}}, nil
}
