package builtin

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// regexpFunctions lists the functions of regular expressions, in RE2 syntax.
func regexpFunctions() []*udf.Function {
	s, l := types.StringType, types.BigIntType
	return []*udf.Function{
		{Name: "regexp_count", Family: "string", Args: typeList(s, s, l), Optional: 1, Returns: l,
			Doc: udf.Doc{Summary: "How often a pattern matches from position start (1) on.", Example: "regexp_count('ababab', 'ab', 2)", Result: "2"},
			New: withPatterns(func(p *patterns) udf.Eval {
				return kernel.Rows(func(r *kernel.Row) (int64, error) {
					re, text, _, err := p.at(r, 2)
					if err != nil {
						return 0, err
					}
					return int64(len(re.FindAllIndex(text, -1))), nil
				})
			})},
		{Name: "regexp_extract", Family: "string", Args: typeList(s, s, l), Optional: 1, Returns: s,
			Doc: udf.Doc{Summary: "What a group (1; 0 is the whole) of the first match matched; '' without a match.", Example: "regexp_extract('foothebar', 'foo(.*?)(bar)')", Result: "the"},
			New: withPatterns(func(p *patterns) udf.Eval { return kernel.RowsText(p.extract) })},
		{Name: "regexp_extract_all", Family: "string", Args: typeList(s, s, l), Optional: 1, Returns: types.ArrayOf(s),
			Doc: udf.Doc{Summary: "What a group (1; 0 is the whole) of every match matched.", Example: "regexp_extract_all('a1b2', '([a-z])', 1)", Result: `["a","b"]`},
			New: withPatterns(func(p *patterns) udf.Eval { return p.extractAll })},
		{Name: "regexp_instr", Family: "string", Args: typeList(s, s, l, l, l), Optional: 3, Returns: l,
			Doc: udf.Doc{Summary: "The position of the nth (first) match from start (1) on, or with a last argument of 1 the position after it; 0 if there is none.", Example: "regexp_instr('i love', 'o[[:alpha:]]{2}', 1, 1)", Result: "4"},
			New: withPatterns(func(p *patterns) udf.Eval { return kernel.Rows(p.instr) })},
		{Name: "regexp_replace", Family: "string", Args: typeList(s, s, s, l), Optional: 1, Returns: s,
			Doc: udf.Doc{Summary: "The text with every match, or the nth, replaced; \\1 to \\9 stand for what the groups matched.", Example: "regexp_replace('123.456', '([0-9]+)\\\\.([0-9]+)', '\\\\2.\\\\1')", Result: "456.123"},
			New: withPatterns(func(p *patterns) udf.Eval { return kernel.RowsText(p.replace) })},
		{Name: "regexp_substr", Family: "string", Args: typeList(s, s, l, l), Optional: 2, Returns: s,
			Doc: udf.Doc{Summary: "The nth (first) match from position start (1) on; NULL if there is none.", Example: "regexp_substr('a1b22', '[0-9]+', 1, 2)", Result: "22"},
			New: withPatterns(func(p *patterns) udf.Eval {
				return kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
					m, text, _, err := p.nth(r)
					if err != nil || m == nil {
						return nil, nullUnless(err)
					}
					return append(dst, text[m[0]:m[1]]...), nil
				})
			})},
		{Name: "split", Family: "string", Args: typeList(s, s, types.BooleanType), Optional: 1, Returns: types.ArrayOf(s),
			Doc: udf.Doc{Summary: "The text cut at the matches of a pattern; empty parts at the end are dropped unless the third argument is false.", Example: "split('a,b,,', ',')", Result: `["a","b"]`},
			New: withPatterns(func(p *patterns) udf.Eval { return p.split })},
	}
}

// nullUnless is err, or Null if there is none.
func nullUnless(err error) error {
	if err == nil {
		return kernel.Null
	}
	return err
}

// patterns compiles the patterns of one call site and remembers them.
type patterns struct {
	compiled map[string]*regexp.Regexp
}

// maxPatterns bounds the patterns remembered where they are no constant.
const maxPatterns = 256

func newPatterns() *patterns { return &patterns{compiled: map[string]*regexp.Regexp{}} }

func withPatterns(make func(*patterns) udf.Eval) func(*udf.Call) (udf.Eval, error) {
	return func(call *udf.Call) (udf.Eval, error) {
		p := newPatterns()
		if len(call.IsConst) > 1 && call.IsConst[1] {
			// A constant pattern is checked before any row is; an empty one has a
			// meaning to SPLIT.
			if s, ok := call.Consts[1].(string); ok && s != "" {
				if _, err := p.compile([]byte(s)); err != nil {
					return nil, err
				}
			}
		}
		return make(p), nil
	}
}

func (p *patterns) compile(s []byte) (*regexp.Regexp, error) {
	if re := p.compiled[string(s)]; re != nil {
		return re, nil
	}
	re, err := regexp.Compile(string(s))
	if err != nil || len(s) == 0 {
		e := diag.Errorf(diag.CodeBadRegexp, diag.Pos{}, "cannot compile the pattern '%s'", s).WithCause(err)
		if len(s) == 0 {
			e = diag.Errorf(diag.CodeBadRegexp, diag.Pos{}, "the pattern is empty")
		}
		return nil, e
	}
	if len(p.compiled) >= maxPatterns {
		clear(p.compiled)
	}
	p.compiled[string(s)] = re
	return re, nil
}

// at is the pattern of a row and the text behind the start position in argument
// k, before which skipped characters lie.
func (p *patterns) at(r *kernel.Row, k int) (re *regexp.Regexp, text []byte, skipped int64, err error) {
	if re, err = p.compile(r.Text(1)); err != nil {
		return nil, nil, 0, err
	}
	text = r.Text(0)
	if k < r.Len() {
		start := r.Int(k)
		if start <= 0 {
			return nil, nil, 0, invalid("the start position must be positive, not %d", start)
		}
		at := skipRunes(text, start-1)
		skipped, text = int64(utf8.RuneCount(text[:at])), text[at:]
	}
	return re, text, skipped, nil
}

// nth is the match that arguments 2 (start) and 3 (occurrence) ask for, or nil.
func (p *patterns) nth(r *kernel.Row) (m []int, text []byte, skipped int64, err error) {
	re, text, skipped, err := p.at(r, 2)
	if err != nil {
		return nil, nil, 0, err
	}
	n := int64(1)
	if r.Len() > 3 {
		if n = r.Int(3); n <= 0 {
			return nil, nil, 0, invalid("the occurrence to find must be positive, not %d", n)
		}
	}
	if n > int64(len(text))+1 {
		return nil, text, skipped, nil
	}
	all := re.FindAllIndex(text, int(n))
	if int64(len(all)) < n {
		return nil, text, skipped, nil
	}
	return all[n-1], text, skipped, nil
}

func (p *patterns) instr(r *kernel.Row) (int64, error) {
	m, text, skipped, err := p.nth(r)
	if err != nil || m == nil {
		return 0, err
	}
	at := m[0]
	if r.Len() > 4 && r.Int(4) == 1 {
		at = m[1]
	}
	return skipped + int64(utf8.RuneCount(text[:at])) + 1, nil
}

// group is argument 2, the number of a group, checked against the pattern.
func group(re *regexp.Regexp, number int64) (int, error) {
	if number < 0 || number > int64(re.NumSubexp()) {
		return 0, invalid("the pattern '%s' has no group %d", re, number)
	}
	return int(number), nil
}

func (p *patterns) extract(r *kernel.Row, dst []byte) ([]byte, error) {
	re, err := p.compile(r.Text(1))
	if err != nil {
		return nil, err
	}
	number := int64(1)
	if r.Len() > 2 {
		number = r.Int(2)
	}
	g, err := group(re, number)
	if err != nil {
		return nil, err
	}
	text := r.Text(0)
	m := re.FindSubmatchIndex(text)
	if m == nil || m[2*g] < 0 {
		return dst, nil
	}
	return append(dst, text[m[2*g]:m[2*g+1]]...), nil
}

func (p *patterns) extractAll(_ *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	text, pattern := kernel.TextsOf(args[0]), kernel.TextsOf(args[1])
	return textLists(args, n, func(i int, add func([]byte)) error {
		re, err := p.compile(pattern.At(i))
		if err != nil {
			return err
		}
		number := int64(1)
		if len(args) > 2 {
			number = args[2].Int(i)
		}
		g, err := group(re, number)
		if err != nil {
			return err
		}
		s := text.At(i)
		for _, m := range re.FindAllSubmatchIndex(s, -1) {
			if m[2*g] >= 0 {
				add(s[m[2*g]:m[2*g+1]])
			} else {
				add(nil)
			}
		}
		return nil
	})
}

func (p *patterns) replace(r *kernel.Row, dst []byte) ([]byte, error) {
	re, err := p.compile(r.Text(1))
	if err != nil {
		return nil, err
	}
	text, with, only := r.Text(0), r.Text(2), int64(0)
	if r.Len() > 3 {
		if only = r.Int(3); only < 0 {
			return nil, invalid("the occurrence to replace must not be negative")
		}
	}
	end := 0
	for k, m := range re.FindAllSubmatchIndex(text, -1) {
		if only != 0 && int64(k+1) != only {
			continue
		}
		dst = append(dst, text[end:m[0]]...)
		if dst, err = expand(dst, with, text, m); err != nil {
			return nil, err
		}
		end = m[1]
	}
	return append(dst, text[end:]...), nil
}

// expand appends the replacement with for the match m: \1 to \9 are groups, \0
// the match, and a backslash makes any other character itself.
func expand(dst, with, text []byte, m []int) ([]byte, error) {
	for i := 0; i < len(with); i++ {
		c := with[i]
		if c != '\\' || i+1 == len(with) {
			dst = append(dst, c)
			continue
		}
		i++
		if c = with[i]; c < '0' || c > '9' {
			dst = append(dst, c)
			continue
		}
		g := int(c - '0')
		if 2*g >= len(m) {
			return nil, invalid("the replacement '%s' names group %d, which the pattern does not have", with, g)
		}
		if m[2*g] >= 0 {
			dst = append(dst, text[m[2*g]:m[2*g+1]]...)
		}
	}
	return dst, nil
}

func (p *patterns) split(_ *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	text, pattern := kernel.TextsOf(args[0]), kernel.TextsOf(args[1])
	var parts [][]byte
	return textLists(args, n, func(i int, add func([]byte)) error {
		parts = parts[:0]
		s := text.At(i)
		if len(pattern.At(i)) == 0 {
			for len(s) > 0 {
				_, size := utf8.DecodeRune(s)
				parts, s = append(parts, s[:size]), s[size:]
			}
		} else if sep := pattern.At(i); len(sep) == 1 && isLiteral(sep[0]) {
			parts = cutByte(parts, s, sep[0])
		} else {
			re, err := p.compile(sep)
			if err != nil {
				return err
			}
			parts = cut(parts, s, re)
		}
		if len(args) < 3 || args[2].Int(i) != 0 {
			for len(parts) > 0 && len(parts[len(parts)-1]) == 0 {
				parts = parts[:len(parts)-1]
			}
		}
		for _, part := range parts {
			add(part)
		}
		return nil
	})
}

// cut appends the parts of s between the matches of re.
func cut(parts [][]byte, s []byte, re *regexp.Regexp) [][]byte {
	end := 0
	for _, m := range re.FindAllIndex(s, -1) {
		if m[1] == 0 {
			continue // an empty match at the beginning separates nothing
		}
		parts = append(parts, s[end:m[0]])
		end = m[1]
	}
	return append(parts, s[end:])
}

// isLiteral reports bytes that mean themselves as a pattern.
func isLiteral(c byte) bool {
	return c < utf8.RuneSelf && !strings.ContainsRune(`\.+*?()|[]{}^$`, rune(c))
}

func cutByte(parts [][]byte, s []byte, sep byte) [][]byte {
	for {
		i := bytes.IndexByte(s, sep)
		if i < 0 {
			return append(parts, s)
		}
		parts, s = append(parts, s[:i]), s[i+1:]
	}
}
