package builtin

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/udf"
)

// jsonStep is one step of a path: a key, an index, or all elements.
type jsonStep struct {
	key   string
	index int // -1: key; -2: all
}

const stepKey, stepAll = -1, -2

// jsonPath finds values by path; it remembers the steps of the path it read last.
type jsonPath struct {
	text  []byte
	steps []jsonStep
	// Values found, and those of the step before.
	vals, last [][]byte
}

// withPath runs an Eval with a jsonPath for each batch.
func withPath(f func(*jsonPath) udf.Eval) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		return f(&jsonPath{})(call, args, n)
	}
}

// readPath reads $.a['b'][0][*].
func readPath(path []byte) ([]jsonStep, error) {
	p := strings.TrimSpace(string(path))
	p = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(p, "lax "), "strict "))
	bad := invalid("'%s' is not a path such as $.a[0].b", path)
	if !strings.HasPrefix(p, "$") {
		return nil, bad
	}
	var steps []jsonStep
	for p = p[1:]; p != ""; {
		if p[0] == '.' {
			end := strings.IndexAny(p[1:], ".[") + 1
			if end == 0 {
				end = len(p)
			}
			key := p[1:end]
			if key == "" {
				return nil, bad
			}
			step := jsonStep{key, stepKey}
			if key == "*" {
				step.index = stepAll
			}
			steps, p = append(steps, step), p[end:]
			continue
		}
		step, rest, ok := bracketStep(p)
		if !ok {
			return nil, bad
		}
		steps, p = append(steps, step), rest
	}
	return steps, nil
}

func bracketStep(p string) (step jsonStep, rest string, ok bool) {
	if len(p) < 3 || p[0] != '[' {
		return step, "", false
	}
	if q := p[1]; q == '\'' || q == '"' {
		key, rest, ok := strings.Cut(p[2:], string(q)+"]")
		return jsonStep{key, stepKey}, rest, ok
	}
	inside, rest, ok := strings.Cut(p[1:], "]")
	if inside == "*" {
		return jsonStep{index: stepAll}, rest, ok
	}
	n, err := strconv.ParseUint(inside, 10, 31)
	return jsonStep{index: int(n)}, rest, ok && err == nil
}

// find is the values at a path, as they stand in the text; several if the path
// has a step that can find more than one. Bad JSON has none. The values are valid
// until the next call.
func (p *jsonPath) find(text, path []byte) (vals [][]byte, several bool, err error) {
	if p.text == nil || !bytes.Equal(p.text, path) {
		if p.steps, err = readPath(path); err != nil {
			return nil, false, err
		}
		p.text = bytes.Clone(path)
	}
	if !json.Valid(text) {
		return nil, false, nil
	}
	p.vals = append(p.vals[:0], bytes.TrimSpace(text))
	for _, st := range p.steps {
		several = several || st.index == stepAll
		p.vals, p.last = p.last[:0], p.vals
		for _, v := range p.last {
			p.vals = st.apply(v, p.vals)
		}
	}
	return p.vals, several, nil
}

// apply appends the values that a step finds in the valid JSON v.
func (st jsonStep) apply(v []byte, out [][]byte) [][]byte {
	if v[0] != '{' && v[0] != '[' || st.index == stepKey && v[0] != '{' || st.index >= 0 && v[0] != '[' {
		return out
	}
	object := v[0] == '{'
	v = skipBlanks(v[1:])
	for k := 0; v[0] != '}' && v[0] != ']'; k++ {
		var key []byte
		if object {
			n := jsonLength(v)
			key, v = v[:n], skipBlanks(v[n:])
			v = skipBlanks(v[1:]) // the colon
		}
		n := jsonLength(v)
		switch {
		case st.index == stepAll:
			out = append(out, v[:n])
		case st.index == k, st.index == stepKey && string(appendUnquoted(nil, key)) == st.key:
			return append(out, v[:n])
		}
		if v = skipBlanks(v[n:]); v[0] == ',' {
			v = skipBlanks(v[1:])
		}
	}
	return out
}

func skipBlanks(v []byte) []byte {
	for len(v) > 0 && (v[0] == ' ' || v[0]-'\t' < 5) {
		v = v[1:]
	}
	return v
}

// jsonLength is the length of the value that valid JSON begins with.
func jsonLength(v []byte) int {
	depth := 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; c {
		case '"':
			for i++; v[i] != '"'; i++ {
				if v[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
			continue
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',', ':', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
			continue
		default:
			continue // in a number or word, which a delimiter ends
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(v)
}
