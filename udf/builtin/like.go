package builtin

import (
	"bytes"
	"regexp"
	"unicode/utf8"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// likes lists the operators on texts: LIKE, RLIKE and ||.
func likes() []*udf.Function {
	text := types.StringType
	return []*udf.Function{
		{Name: "like", Family: "operator", Doc: udf.Doc{Usage: "text LIKE pattern [ESCAPE text]", Summary: "Whether a text matches a pattern: % stands for any text, _ for one character; the third argument is the escape character.", Example: "'bixi' like 'b_x%'", Result: "true"},
			Resolve: resolvePattern("like", 3), New: newLike},
		{Name: "rlike", Aliases: []string{"regexp"}, Family: "operator", Doc: udf.Doc{Usage: "text RLIKE pattern", Summary: "Whether a regular expression is found in a text.", Example: "'bixi' rlike 'x.$'", Result: "true"},
			Resolve: resolvePattern("rlike", 2), New: newRlike},
		{Name: "||", Family: "operator", Doc: udf.Doc{Summary: "Texts joined; NULL if one is NULL.", Example: "'a' || 'b'", Result: "ab"},
			Args: []types.Type{text, text}, Returns: text, Eval: joinTexts},
		{Name: "concat", Family: "string", Doc: udf.Doc{Summary: "Texts, or arrays, joined; NULL if one is NULL.", Example: "concat('a', 'b', 'c')", Result: "abc"},
			Resolve: resolveConcatenation, New: newConcatenation},
	}
}

// resolvePattern takes texts only: nothing converts to one implicitly here.
func resolvePattern(name string, most int) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		if err := arity(name, args, 2, most); err != nil {
			return udf.Signature{}, err
		}
		for _, a := range args {
			if !a.Type.IsText() && a.Type.Kind != types.Null {
				return udf.Signature{}, mismatch(name, args).WithHint("it compares texts: CAST(… AS STRING)")
			}
		}
		return udf.Signature{Args: repeat(types.StringType, len(args)), Returns: types.BooleanType}, nil
	}
}

var joinTexts = kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
	for k := range r.Len() {
		dst = append(dst, r.Text(k)...)
	}
	return dst, nil
})

// newLike compiles a constant pattern once; other patterns are compiled when
// they differ from the row before.
func newLike(call *udf.Call) (udf.Eval, error) {
	constEscape := len(call.Args) < 3 || call.IsConst[2]
	if call.IsConst[1] && call.Consts[1] != nil && constEscape {
		escape := `\`
		if len(call.Args) == 3 {
			escape, _ = call.Consts[2].(string)
		}
		p, err := compileLike([]byte(call.Consts[1].(string)), []byte(escape))
		if err != nil {
			return nil, err
		}
		eval := kernel.TextTo(p.matcher())
		return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
			return eval(call, args[:1], n)
		}, nil
	}
	var text, escape []byte
	var match func([]byte) bool
	return kernel.Rows(func(r *kernel.Row) (bool, error) {
		e := []byte(`\`)
		if r.Len() == 3 {
			e = r.Text(2)
		}
		if match == nil || !bytes.Equal(text, r.Text(1)) || !bytes.Equal(escape, e) {
			p, err := compileLike(r.Text(1), e)
			if err != nil {
				return false, err
			}
			match = p.matcher()
			text, escape = append(text[:0], r.Text(1)...), append(escape[:0], e...)
		}
		return match(r.Text(0)), nil
	}), nil
}

// likePattern is a LIKE pattern cut at its %.
type likePattern struct {
	segments []segment // at least one; the first begins and the last ends the text
}

// segment is literal text in which some characters may be any.
type segment struct {
	text []byte
	// any marks the places of text (bytes) that stand for one character; nil for none.
	any []bool
}

// compileLike reads a pattern. An escape character makes the next character
// literal; an empty escape means there is none.
func compileLike(pattern, escape []byte) (*likePattern, error) {
	if utf8.RuneCount(escape) > 1 {
		return nil, diag.Errorf(diag.CodeInvalidArgument, diag.Pos{}, "the escape of LIKE must be one character, not '%s'", escape)
	}
	p, cur := &likePattern{}, segment{}
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case len(escape) > 0 && bytes.HasPrefix(pattern[i:], escape) && i+len(escape) < len(pattern):
			i += len(escape)
			_, size := utf8.DecodeRune(pattern[i:])
			cur.add(false, pattern[i:i+size]...)
			i += size - 1
		case c == '%':
			p.segments = append(p.segments, cur)
			cur = segment{}
		case c == '_':
			cur.add(true, '_')
		default:
			cur.add(false, c)
		}
	}
	p.segments = append(p.segments, cur)
	return p, nil
}

func (s *segment) add(wild bool, text ...byte) {
	if wild && s.any == nil {
		s.any = make([]bool, len(s.text))
	}
	s.text = append(s.text, text...)
	for s.any != nil && len(s.any) < len(s.text) {
		s.any = append(s.any, wild)
	}
}

// matcher is the test for the pattern: a plain search where the pattern has one
// of the common forms.
func (p *likePattern) matcher() func(s []byte) bool {
	segs := p.segments
	for _, s := range segs {
		if s.any != nil {
			return p.match
		}
	}
	first, last := segs[0].text, segs[len(segs)-1].text
	switch {
	case len(segs) == 1:
		return func(s []byte) bool { return bytes.Equal(s, first) }
	case len(segs) == 2 && len(last) == 0:
		return func(s []byte) bool { return bytes.HasPrefix(s, first) }
	case len(segs) == 2 && len(first) == 0:
		return func(s []byte) bool { return bytes.HasSuffix(s, last) }
	case len(segs) == 3 && len(first)+len(last) == 0:
		mid := segs[1].text
		return func(s []byte) bool { return bytes.Contains(s, mid) }
	}
	return p.match
}

// match anchors the first and the last segment and finds those between one after
// the other, each as early as possible.
func (p *likePattern) match(s []byte) bool {
	segs := p.segments
	n, ok := segs[0].prefix(s)
	if !ok {
		return false
	}
	if len(segs) == 1 {
		return n == len(s)
	}
	s = s[n:]
	for i := 1; i < len(segs)-1; i++ {
		end := segs[i].find(s)
		if end < 0 {
			return false
		}
		s = s[end:]
	}
	return segs[len(segs)-1].suffix(s)
}

// prefix is the length of the segment's match at the beginning of s.
func (g *segment) prefix(s []byte) (int, bool) {
	if g.any == nil {
		return len(g.text), bytes.HasPrefix(s, g.text)
	}
	at := 0
	for i, c := range g.text {
		if at >= len(s) {
			return 0, false
		}
		if g.any[i] {
			_, size := utf8.DecodeRune(s[at:])
			at += size
			continue
		}
		if s[at] != c {
			return 0, false
		}
		at++
	}
	return at, true
}

// find is where the first match of the segment in s ends, or -1.
func (g *segment) find(s []byte) int {
	if g.any == nil {
		if i := bytes.Index(s, g.text); i >= 0 {
			return i + len(g.text)
		}
		return -1
	}
	for at := 0; at <= len(s); {
		if n, ok := g.prefix(s[at:]); ok {
			return at + n
		}
		_, size := utf8.DecodeRune(s[at:])
		at += max(size, 1)
	}
	return -1
}

// suffix reports whether the segment matches at the end of s.
func (g *segment) suffix(s []byte) bool {
	if g.any == nil {
		return bytes.HasSuffix(s, g.text)
	}
	// The segment stands for a known number of characters; count them from the end.
	at := len(s)
	for i := len(g.text) - 1; i >= 0; i-- {
		if at == 0 {
			return false
		}
		size := 1
		if g.any[i] {
			_, size = utf8.DecodeLastRune(s[:at])
		} else if s[at-1] != g.text[i] {
			return false
		}
		at -= size
	}
	return true
}

// newRlike compiles a constant pattern once; others when they change.
func newRlike(call *udf.Call) (udf.Eval, error) {
	if s, ok := call.Consts[1].(string); ok && call.IsConst[1] {
		re, err := compileRegexp(s)
		if err != nil {
			return nil, err
		}
		eval := kernel.TextTo(re.Match)
		return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
			return eval(call, args[:1], n)
		}, nil
	}
	var re *regexp.Regexp
	return kernel.Text2To(func(s, pattern []byte) (bool, error) {
		if re == nil || re.String() != string(pattern) {
			var err error
			if re, err = compileRegexp(string(pattern)); err != nil {
				return false, err
			}
		}
		return re.Match(s), nil
	}), nil
}

func compileRegexp(pattern string) (*regexp.Regexp, error) {
	if pattern == "" {
		return nil, diag.Errorf(diag.CodeBadRegexp, diag.Pos{}, "a regular expression must not be empty")
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, diag.Errorf(diag.CodeBadRegexp, diag.Pos{}, "'%s' is not a regular expression", pattern).WithCause(err)
	}
	return re, nil
}
