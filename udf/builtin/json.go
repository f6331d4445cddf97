package builtin

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// jsonFunctions lists the functions of JSON, as text and as type. A value of
// type JSON is held as its text.
func jsonFunctions() []*udf.Function {
	s, j := types.StringType, types.JSONType
	either := func(name, summary, example, result string, returns types.Type, eval udf.Eval, rest ...types.Type) *udf.Function {
		return overloaded(udf.Function{Name: name, Family: "json", Doc: udf.Doc{Summary: summary, Example: example, Result: result}},
			variant{args: append(typeList(s), rest...), returns: returns, eval: eval},
			variant{args: append(typeList(j), rest...), returns: returns, eval: eval})
	}
	return []*udf.Function{
		either("get_json_object", "The value at a path ($.a[0].b, [*], ['x.y']) as text, strings without quotes; NULL if it is not there or the JSON is bad.",
			`get_json_object('{"a":[1,{"b":"x"}]}', '$.a[1].b')`, "x", s,
			getJSONObject, s),
		either("json_valid", "Whether a text is JSON.", `json_valid('{"a":1}')`, "true", types.BooleanType,
			kernel.TextTo(func(text []byte) bool { return json.Valid(text) })),
		{Name: "json_parse", Family: "json", Args: typeList(s), Returns: j,
			Doc: udf.Doc{Summary: "The JSON that a text says; an error if it is none.", Example: `json_parse('{"a": 1}')`, Result: `{"a":1}`},
			Eval: kernel.Text1Err(func(dst, text []byte) ([]byte, error) {
				buf := bytes.NewBuffer(dst)
				if err := json.Compact(buf, text); err != nil {
					return nil, invalid("'%s' is not JSON", text)
				}
				return buf.Bytes(), nil
			})},
		either("json_format", "JSON as text without blanks.", `json_format(json_parse('[1, 2]'))`, "[1,2]", s, kernel.Text1Err(func(dst, text []byte) ([]byte, error) {
			buf := bytes.NewBuffer(dst)
			return bufferOf(buf, json.Compact(buf, text))
		})),
		either("json_pretty", "JSON as indented text.", `length(json_pretty(json_parse('[1]')))`, "7", s, kernel.Text1Err(func(dst, text []byte) ([]byte, error) {
			buf := bytes.NewBuffer(dst)
			return bufferOf(buf, json.Indent(buf, text, "", "  "))
		})),
		either("json_type", "object, array, string, number, boolean or null.", `json_type(json_parse('[1]'))`, "array", s, kernel.Text1Err(func(dst, text []byte) ([]byte, error) {
			text = bytes.TrimSpace(text)
			if len(text) == 0 {
				return nil, kernel.Null
			}
			return append(dst, jsonType(text[0])...), nil
		})),
		{Name: "json_extract", Family: "json", Args: typeList(j, s), Returns: j,
			Doc:  udf.Doc{Summary: "The JSON at a path; NULL if it is not there.", Example: `json_extract(json_parse('{"a":{"b":1}}'), '$.a')`, Result: `{"b":1}`},
			Eval: withPath(func(p *jsonPath) udf.Eval { return kernel.Text2(p.jsonAt) })},
		either("json_exists", "Whether there is a value at a path.", `json_exists(json_parse('{"a":null}'), '$.a')`, "true", types.BooleanType,
			withPath(func(p *jsonPath) udf.Eval {
				return kernel.Text2To(func(text, path []byte) (bool, error) {
					vals, _, err := p.find(text, path)
					return len(vals) > 0, err
				})
			}), s),
		{Name: "json_keys", Family: "json", Args: typeList(j), Returns: types.ArrayOf(s), Eval: jsonKeys,
			Doc: udf.Doc{Summary: "The keys of a JSON object, in their order; NULL for other JSON.", Example: `json_keys(json_parse('{"b":1,"a":2}'))`, Result: `["b","a"]`}},
		{Name: "to_json", Family: "json",
			Doc: udf.Doc{Summary: "A value as JSON text: keys of structs in lower case, their NULL fields left out.", Example: "to_json(split('a,b', ','))", Result: `["a","b"]`},
			Resolve: func(args []udf.Arg) (udf.Signature, error) {
				t, err := oneArg("to_json", args)
				return udf.Signature{Args: typeList(t), Returns: s}, err
			},
			Eval: kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
				c, i := r.Column(0)
				return appendJSON(dst, c, i, r.Call), nil
			})},
	}
}

// bufferOf is what was written, or NULL if it could not be.
func bufferOf(buf *bytes.Buffer, err error) ([]byte, error) {
	if err != nil {
		return nil, kernel.Null
	}
	return buf.Bytes(), nil
}

// getJSONObject gives what stands in the text, or writes it anew where the dialect
// asks for that.
func getJSONObject(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	p := &jsonPath{}
	if call.Session == nil || !call.Session.Dialect.OldJSON {
		return kernel.Text2(p.textAt)(call, args, n)
	}
	return kernel.Text2(func(dst, text, path []byte) ([]byte, error) {
		if hasTwins(json.NewDecoder(bytes.NewReader(text))) {
			return nil, kernel.Null
		}
		out, err := p.textAt(nil, text, path)
		if err != nil || len(out) == 0 || out[0] != '{' && out[0] != '[' {
			return append(dst, out...), err
		}
		d := json.NewDecoder(bytes.NewReader(out))
		d.UseNumber()
		var v any
		if d.Decode(&v) != nil {
			return append(dst, out...), nil
		}
		anew, err := json.Marshal(v)
		return append(dst, anew...), err
	})(call, args, n)
}

// hasTwins reports whether an object in the JSON has a key twice.
func hasTwins(d *json.Decoder) bool {
	type level struct {
		keys  map[string]bool // of an object
		value bool            // a value is next, not a key
	}
	var open []*level
	for {
		tok, err := d.Token()
		if err != nil {
			return false
		}
		top := &level{}
		if len(open) > 0 {
			top = open[len(open)-1]
		}
		if key, ok := tok.(string); ok && top.keys != nil && !top.value {
			if top.keys[key] {
				return true
			}
			top.keys[key], top.value = true, true
			continue
		}
		top.value = false
		switch tok {
		case json.Delim('{'):
			open = append(open, &level{keys: map[string]bool{}})
		case json.Delim('['):
			open = append(open, &level{})
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
	}
}

// textAt appends what get_json_object gives.
func (p *jsonPath) textAt(dst, text, path []byte) ([]byte, error) {
	vals, several, err := p.find(text, path)
	switch {
	case err != nil:
		return nil, err
	case len(vals) == 0 || string(vals[0]) == "null" && !several:
		return nil, kernel.Null
	case !several || len(vals) == 1:
		return appendUnquoted(dst, vals[0]), nil
	}
	return appendJSONArray(dst, vals), nil
}

// jsonAt appends what json_extract gives.
func (p *jsonPath) jsonAt(dst, text, path []byte) ([]byte, error) {
	vals, several, err := p.find(text, path)
	switch {
	case err != nil:
		return nil, err
	case several:
		return appendJSONArray(dst, vals), nil
	case len(vals) == 0:
		return nil, kernel.Null
	}
	return append(dst, vals[0]...), nil
}

func appendJSONArray(dst []byte, vals [][]byte) []byte {
	return append(append(append(dst, '['), bytes.Join(vals, []byte(","))...), ']')
}

func jsonType(c byte) string {
	switch c {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

// appendUnquoted appends a JSON value; of a string what it says.
func appendUnquoted(dst, v []byte) []byte {
	if v[0] != '"' {
		return append(dst, v...)
	}
	if bytes.IndexByte(v, '\\') < 0 {
		return append(dst, v[1:len(v)-1]...)
	}
	var s string
	if json.Unmarshal(v, &s) != nil {
		return append(dst, v...)
	}
	return append(dst, s...)
}

// appendJSON appends the value of row i of c as JSON.
func appendJSON(dst []byte, c *batch.Column, i int, call *udf.Call) []byte {
	if c.IsNull(i) {
		return append(dst, "null"...)
	}
	d, j := c.Index(i)
	switch t := c.Type; {
	case t.Kind == types.Array || t.Kind == types.Map:
		return appendJSONList(dst, d, j, call)
	case t.Kind == types.Struct:
		dst = append(dst, '{')
		first := true
		for k, f := range d.Children {
			if f.IsNull(j) {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = append(batch.AppendJSONString(dst, []byte(strings.ToLower(t.Fields[k].Name))), ':')
			dst = appendJSON(dst, f, j, call)
		}
		return append(dst, '}')
	case t.IsNumeric() || t.Kind == types.Boolean || t.Kind == types.JSON:
		return batch.AppendText(dst, d, j, zoneOf(call))
	}
	return batch.AppendJSONString(dst, batch.AppendText(nil, d, j, zoneOf(call)))
}

func appendJSONList(dst []byte, d *batch.Column, j int, call *udf.Call) []byte {
	open, end := byte('['), byte(']')
	if d.Type.Kind == types.Map {
		open, end = '{', '}'
	}
	dst = append(dst, open)
	for k := int(d.Offsets[j]); k < int(d.Offsets[j+1]); k++ {
		if k > int(d.Offsets[j]) {
			dst = append(dst, ',')
		}
		child := d.Children[0]
		if d.Type.Kind == types.Map {
			entry, e := child.Index(k)
			dst = batch.AppendJSONString(dst, batch.AppendText(nil, entry.Children[0], e, zoneOf(call)))
			dst = appendJSON(append(dst, ':'), entry.Children[1], e, call)
			continue
		}
		dst = appendJSON(dst, child, k, call)
	}
	return append(dst, end)
}

// jsonMember is j['k'] and j[0]: the member of an object or array.
func jsonMember(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	return kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
		step := jsonStep{index: stepKey}
		if call.Args[1].IsText() {
			step.key = string(r.Text(1))
		} else if k := r.Int(1); k >= 0 && k < math.MaxInt32 {
			step.index = int(k)
		} else {
			return nil, kernel.Null
		}
		text := bytes.TrimSpace(r.Text(0))
		if len(text) == 0 {
			return nil, kernel.Null
		}
		if vals := step.apply(text, nil); len(vals) > 0 {
			return append(dst, vals[0]...), nil
		}
		return nil, kernel.Null
	})(call, args, n)
}

func jsonKeys(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	b := batch.NewBuilder(call.Returns)
	for i := range n {
		v := []byte(nil)
		if !args[0].IsNull(i) {
			v = bytes.TrimSpace(args[0].Bytes(i))
		}
		if len(v) == 0 || v[0] != '{' {
			b.AppendNull(1)
			continue
		}
		keys := []types.Datum{}
		for v = skipBlanks(v[1:]); v[0] != '}'; {
			w := jsonLength(v)
			keys = append(keys, string(appendUnquoted(nil, v[:w])))
			v = skipBlanks(skipBlanks(v[w:])[1:]) // behind the colon
			if v = skipBlanks(v[jsonLength(v):]); v[0] == ',' {
				v = skipBlanks(v[1:])
			}
		}
		b.AppendDatum(keys)
	}
	return b.Finish(), nil
}
