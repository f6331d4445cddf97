package builtin

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// typedJSONFunctions lists the functions between JSON and values of other types.
func typedJSONFunctions() []*udf.Function {
	anything := func(name string, even bool) func([]udf.Arg) (udf.Signature, error) {
		return func(args []udf.Arg) (udf.Signature, error) {
			sig := udf.Signature{Returns: types.JSONType}
			if even && len(args)%2 != 0 {
				return sig, badArgs(name, name+"(key, value, …)", args)
			}
			for i, a := range args {
				t := a.Type
				if even && i%2 == 0 {
					if t = types.StringType; !types.CanCoerce(a.Type, t) {
						return sig, badArgs(name, name+"(key, value, …)", args)
					}
				}
				sig.Args = append(sig.Args, t)
			}
			return sig, nil
		}
	}
	return []*udf.Function{
		{Name: "json_array", Family: "json", Resolve: anything("json_array", false),
			Doc: udf.Doc{Usage: "json_array(x, …)", Summary: "A JSON array of the arguments.", Example: "json_array(1, 'a', null)", Result: `[1,"a",null]`},
			Eval: kernel.RowsTextNullable(func(r *kernel.Row, dst []byte) ([]byte, error) {
				dst = append(dst, '[')
				for k := range r.Len() {
					if k > 0 {
						dst = append(dst, ',')
					}
					dst = appendArgJSON(dst, r, k)
				}
				return append(dst, ']'), nil
			})},
		{Name: "json_object", Family: "json", Resolve: anything("json_object", true),
			Doc: udf.Doc{Summary: "A JSON object of alternating keys, which must not be NULL, and values.", Example: "json_object('a', 1, 'b', true)", Result: `{"a":1,"b":true}`},
			Eval: kernel.RowsTextNullable(func(r *kernel.Row, dst []byte) ([]byte, error) {
				dst = append(dst, '{')
				for k := 0; k < r.Len(); k += 2 {
					if k > 0 {
						dst = append(dst, ',')
					}
					if r.IsNull(k) {
						return nil, invalid("a key of json_object is NULL")
					}
					dst = append(batch.AppendJSONString(dst, r.Text(k)), ':')
					dst = appendArgJSON(dst, r, k+1)
				}
				return append(dst, '}'), nil
			})},
		{Name: "from_json", Family: "json", Resolve: resolveFromJSON, Eval: fromJSON,
			Doc: udf.Doc{Summary: "The value that JSON says, of a type given as a constant text: fields (a bigint, b string) or a nested type. What does not fit is NULL.", Example: `from_json('{"a":1,"b":["x"]}', 'a bigint, b array<string>')`, Result: `{"a":1,"b":["x"]}`}},
	}
}

func appendArgJSON(dst []byte, r *kernel.Row, k int) []byte {
	if r.IsNull(k) {
		return append(dst, "null"...)
	}
	c, i := r.Column(k)
	return appendJSON(dst, c, i, r.Call)
}

func resolveFromJSON(args []udf.Arg) (udf.Signature, error) {
	usage := "from_json(text, 'a bigint, b string') or from_json(text, 'array<bigint>')"
	if len(args) != 2 || !types.CanCoerce(args[0].Type, types.StringType) && args[0].Type.Kind != types.JSON {
		return udf.Signature{}, badArgs("from_json", usage, args)
	}
	schema, ok := args[1].Value.(string)
	if !ok || !args[1].Const {
		return udf.Signature{}, diag.Errorf(diag.CodeArgument, diag.Pos{}, "the type of from_json must be a constant text").WithHint("it is %s", usage)
	}
	t, err := schemaType(schema)
	if err != nil {
		return udf.Signature{}, diag.Errorf(diag.CodeArgument, diag.Pos{}, "'%s' is not a type", schema).WithHint("it is %s", usage)
	}
	first := types.StringType
	if args[0].Type.Kind == types.JSON {
		first = args[0].Type
	}
	return udf.Signature{Args: typeList(first, types.StringType), Returns: t}, nil
}

// schemaType reads a nested type, or a list of fields as a struct.
func schemaType(schema string) (types.Type, error) {
	if t, err := syntax.ParseType(schema); err == nil && t.IsNested() {
		return t, nil
	}
	var fields []string
	depth, from := 0, 0
	for i, c := range schema + "," {
		switch {
		case c == '<' || c == '(':
			depth++
		case c == '>' || c == ')':
			depth--
		case c == ',' && depth == 0:
			field := strings.TrimSpace(schema[from:min(i, len(schema))])
			if name, t, ok := strings.Cut(field, " "); ok && !strings.Contains(name, ":") {
				field = name + ":" + t
			}
			fields, from = append(fields, field), i+1
		}
	}
	return syntax.ParseType("struct<" + strings.Join(fields, ",") + ">")
}

func fromJSON(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	b := batch.NewBuilder(call.Returns)
	for i := range n {
		if args[0].IsNull(i) {
			b.AppendNull(1)
			continue
		}
		d := json.NewDecoder(bytes.NewReader(args[0].Bytes(i)))
		d.UseNumber()
		var v any
		if !json.Valid(args[0].Bytes(i)) || d.Decode(&v) != nil {
			b.AppendNull(1)
			continue
		}
		b.AppendDatum(jsonDatum(v, call.Returns, call))
	}
	return b.Finish(), nil
}

// jsonDatum is the decoded JSON v as a value of type t, or nil if it is none.
func jsonDatum(v any, t types.Type, call *udf.Call) types.Datum {
	switch t.Kind {
	case types.JSON:
		text, err := json.Marshal(v)
		if err != nil {
			return nil
		}
		return string(text)
	case types.Array:
		list, ok := v.([]any)
		if !ok {
			return nil
		}
		out := make([]types.Datum, len(list))
		for i, e := range list {
			out[i] = jsonDatum(e, *t.Elem, call)
		}
		return out
	case types.Map:
		return jsonMap(v, t, call)
	case types.Struct:
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		out := make([]types.Datum, len(t.Fields))
		for i, f := range t.Fields {
			if v, ok := object[f.Name]; ok {
				out[i] = jsonDatum(v, f.Type, call)
			}
		}
		return out
	}
	switch v := v.(type) {
	case nil:
		return nil
	case bool:
		if t.Kind == types.Boolean {
			return v
		}
		return jsonScalar(strconv.FormatBool(v), t, call)
	case json.Number:
		return jsonScalar(v.String(), t, call)
	case string:
		return jsonScalar(v, t, call)
	}
	if !t.IsText() {
		return nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return string(text)
}

func jsonMap(v any, t types.Type, call *udf.Call) types.Datum {
	object, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	out := []types.Datum{}
	for _, k := range slices.Sorted(maps.Keys(object)) {
		if key := jsonScalar(k, *t.Key, call); key != nil {
			out = append(out, key, jsonDatum(object[k], *t.Elem, call))
		}
	}
	return out
}

// jsonScalar is a text as a value of type t, or nil.
func jsonScalar(s string, t types.Type, call *udf.Call) types.Datum {
	switch {
	case t.IsText():
		return s
	case t.IsInteger():
		v, err := strconv.ParseInt(s, 10, 8*batch.PhysOf(t).Width())
		if err != nil {
			return nil
		}
		return v
	case t.IsFloating():
		v, ok := kernel.ParseFloat([]byte(s), 8*batch.PhysOf(t).Width())
		if !ok {
			return nil
		}
		return v
	case t.Kind == types.Decimal:
		v, verdict := decimal.Parse([]byte(s), t.Precision, t.Scale)
		if verdict != decimal.OK {
			return nil
		}
		return v
	case t.IsTemporal():
		wall, ok := kernel.ParseWall([]byte(s))
		if !ok {
			return nil
		}
		v, err := fromWall(wall, t, kernel.NewClock(zoneOf(call)))
		if err != nil {
			return nil
		}
		return v
	}
	return nil
}
