package builtin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// tupleFunctions lists the table functions that take a text apart: the tuples give
// a row with a column for each key.
func tupleFunctions() []*udf.Function {
	return []*udf.Function{
		{Name: "json_tuple", Family: "table", Table: &udf.Table{Resolve: resolveJSONTuple, Expand: jsonTuple},
			Doc: udf.Doc{Usage: "json_tuple(text, key, …)", Summary: "json_tuple(json, key…): the values of several keys, or paths without $, in one row; as get_json_object gives them.", Example: `json_tuple('{"a":1,"b":{"c":"x"}}', 'a', 'b.c')`, Result: "1,x"}},
		{Name: "keyvalue_tuple", Family: "table", Table: &udf.Table{Resolve: resolveTexts("keyvalue_tuple", "keyvalue_tuple(text, split1, split2, key, …)", 3), Expand: keyvalueTuple},
			Doc: udf.Doc{Usage: "keyvalue_tuple(text, split1, split2, key, …)", Summary: "keyvalue_tuple(text, split1, split2, key…): the values of several keys in a text of pairs, in one row.", Example: "keyvalue_tuple('a:1;b:2', ';', ':', 'b', 'a')", Result: "2,1"}},
		{Name: "parse_url_tuple", Family: "table", Table: &udf.Table{Resolve: resolveURLTuple, Expand: parseURLTuple},
			Doc: udf.Doc{Usage: "parse_url_tuple(url, key, …)", Summary: "parse_url_tuple(url, part…): several parts of a URL in one row: those of parse_url, or QUERY:key.", Example: "parse_url_tuple('https://e.com/p?k=v', 'HOST', 'QUERY:k')", Result: "e.com,v"}},
		{Name: "json_explode", Family: "table", Table: &udf.Table{Resolve: resolveJSONExplode, Expand: jsonExplode},
			Doc: udf.Doc{Usage: "json_explode(json)", Summary: "A row for each entry of a JSON object (key, value) or element of a JSON array (NULL, value).", Example: `json_explode(json_parse('{"a":1,"b":[2]}'))`, Result: `a,1; b,[2]`}},
	}
}

// resolveTexts types a tuple of texts with a column for each argument behind the
// first few.
func resolveTexts(name, usage string, few int) func([]udf.Arg) (udf.TableSignature, error) {
	return func(args []udf.Arg) (udf.TableSignature, error) {
		sig := udf.TableSignature{Args: repeat(types.StringType, len(args))}
		for i, a := range args {
			if !types.CanCoerce(a.Type, types.StringType) {
				return sig, badArgs(name, usage, args)
			}
			if i >= few {
				sig.Columns = append(sig.Columns, types.Field{Name: fmt.Sprintf("c%d", i-few), Type: types.StringType})
			}
		}
		if len(sig.Columns) == 0 {
			return sig, badArgs(name, usage, args)
		}
		return sig, nil
	}
}

// oneRow expands every row to one, of the columns.
func oneRow(n int, cols []*batch.Column) udf.Expansion {
	return udf.Expansion{Counts: repeated(1, n), Columns: func(rows, _ []int32) ([]*batch.Column, error) {
		return takeAll(cols, rows), nil
	}}
}

func resolveJSONTuple(args []udf.Arg) (udf.TableSignature, error) {
	const usage = "json_tuple(json, key, …)"
	if len(args) == 0 || args[0].Type.Kind != types.JSON {
		return resolveTexts("json_tuple", usage, 1)(args)
	}
	sig, err := resolveTexts("json_tuple", usage, 0)(args[1:])
	sig.Args = append(typeList(types.JSONType), sig.Args...)
	return sig, err
}

// jsonTuple checks each JSON once for all its keys.
func jsonTuple(_ *udf.TableCall, args []*batch.Column, n int) (udf.Expansion, error) {
	valid := make([]bool, n)
	for i := range valid {
		valid[i] = !args[0].IsNull(i) && json.Valid(args[0].Bytes(i))
	}
	cols := make([]*batch.Column, len(args)-1)
	for k := range cols {
		var err error
		if cols[k], err = jsonValues(args[0], args[k+1], valid); err != nil {
			return udf.Expansion{}, err
		}
	}
	return oneRow(n, cols), nil
}

// jsonValues finds the key of each row in the valid texts.
func jsonValues(texts, keys *batch.Column, valid []bool) (*batch.Column, error) {
	var data, last []byte
	var steps []jsonStep
	var vals, next [][]byte
	ends, found := make([]int32, len(valid)+1), batch.NewBitmap(len(valid))
	for i, ok := range valid {
		ends[i+1] = ends[i]
		if !ok || keys.IsNull(i) {
			continue
		}
		if key := keys.Bytes(i); steps == nil || !bytes.Equal(key, last) {
			var err error
			if steps, err = readPath(pathOf(key)); err != nil {
				return nil, err
			}
			last = key
		}
		vals = append(vals[:0], bytes.TrimSpace(texts.Bytes(i)))
		several := false
		for _, st := range steps {
			several = several || st.index == stepAll
			next = next[:0]
			for _, v := range vals {
				next = st.apply(v, next)
			}
			vals, next = next, vals
		}
		if len(vals) == 0 || string(vals[0]) == "null" && !several {
			continue
		}
		if len(vals) > 1 {
			data = appendJSONArray(data, vals)
		} else {
			data = appendUnquoted(data, vals[0])
		}
		found.Set(i)
		ends[i+1] = int32(len(data))
	}
	return batch.FromBytes(types.StringType, data, ends, found), nil
}

// pathOf makes a path of a key or of a path without $.
func pathOf(key []byte) []byte {
	switch {
	case len(key) > 0 && key[0] == '$':
		return key
	case len(key) > 0 && key[0] == '[':
		return append([]byte("$"), key...)
	}
	return append([]byte("$."), key...)
}

// evalText applies a scalar function of texts.
func evalText(call *udf.TableCall, f func(*kernel.Row, []byte) ([]byte, error), n int, args ...*batch.Column) (*batch.Column, error) {
	sig := udf.Signature{Args: repeat(types.StringType, len(args)), Returns: types.StringType}
	return kernel.RowsText(f)(&udf.Call{Signature: sig, Session: call.Session}, args, n)
}

func keyvalueTuple(call *udf.TableCall, args []*batch.Column, n int) (udf.Expansion, error) {
	cols := make([]*batch.Column, len(args)-3)
	for k := range cols {
		var err error
		if cols[k], err = evalText(call, keyvalue, n, args[0], args[1], args[2], args[3+k]); err != nil {
			return udf.Expansion{}, err
		}
	}
	return oneRow(n, cols), nil
}

func resolveURLTuple(args []udf.Arg) (udf.TableSignature, error) {
	const usage = "parse_url_tuple(url, part, …), where the parts are constants"
	for _, a := range args[min(1, len(args)):] {
		if _, ok := a.Value.(string); !ok || !a.Const {
			return udf.TableSignature{}, badArgs("parse_url_tuple", usage, args)
		}
	}
	return resolveTexts("parse_url_tuple", usage, 1)(args)
}

func parseURLTuple(call *udf.TableCall, args []*batch.Column, n int) (udf.Expansion, error) {
	cols := make([]*batch.Column, len(args)-1)
	for k := range cols {
		in := []*batch.Column{args[0], args[k+1]}
		if part, key, ok := strings.Cut(string(args[k+1].Bytes(0)), ":"); ok && strings.EqualFold(part, "QUERY") {
			in = []*batch.Column{args[0], batch.DatumColumn(types.StringType, part, n), batch.DatumColumn(types.StringType, key, n)}
		}
		var err error
		if cols[k], err = evalText(call, parseURL, n, in...); err != nil {
			return udf.Expansion{}, err
		}
	}
	return oneRow(n, cols), nil
}

func resolveJSONExplode(args []udf.Arg) (udf.TableSignature, error) {
	t, err := oneArg("json_explode", args)
	if err != nil || t.Kind != types.JSON {
		return udf.TableSignature{}, badArgs("json_explode", "json_explode(json)", args)
	}
	return udf.TableSignature{Args: typeList(t), Columns: types.Schema{
		{Name: "key", Type: types.StringType}, {Name: "value", Type: types.JSONType},
	}}, nil
}

func jsonExplode(_ *udf.TableCall, args []*batch.Column, n int) (udf.Expansion, error) {
	keys, values := batch.NewBuilder(types.StringType), batch.NewBuilder(types.JSONType)
	counts, first := make([]int32, n), make([]int32, n)
	for i := range n {
		first[i] = int32(values.Len())
		if args[0].IsNull(i) {
			continue
		}
		if err := jsonEntries(args[0].Bytes(i), keys, values); err != nil {
			return udf.Expansion{}, err
		}
		counts[i] = int32(values.Len()) - first[i]
	}
	pools := []*batch.Column{keys.Finish(), values.Finish()}
	return udf.Expansion{Counts: counts, Columns: func(rows, at []int32) ([]*batch.Column, error) {
		idx := make([]int32, len(rows))
		for k, i := range rows {
			idx[k] = first[i] + at[k]
		}
		return takeAll(pools, idx), nil
	}}, nil
}

// jsonEntries appends the entries of an object or the elements of an array.
func jsonEntries(text []byte, keys, values *batch.Builder) error {
	v := bytes.TrimSpace(text)
	if !json.Valid(v) || v[0] != '{' && v[0] != '[' {
		return invalid("json_explode takes an object or an array, not %s", text)
	}
	object := v[0] == '{'
	for v = skipBlanks(v[1:]); v[0] != '}' && v[0] != ']'; {
		if object {
			n := jsonLength(v)
			keys.AppendDatum(string(appendUnquoted(nil, v[:n])))
			v = skipBlanks(skipBlanks(v[n:])[1:]) // the colon
		} else {
			keys.AppendNull(1)
		}
		n := jsonLength(v)
		values.AppendDatum(string(v[:n]))
		if v = skipBlanks(v[n:]); v[0] == ',' {
			v = skipBlanks(v[1:])
		}
	}
	return nil
}
