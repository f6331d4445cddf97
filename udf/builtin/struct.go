package builtin

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

func resolveStruct(args []udf.Arg) (udf.Signature, error) {
	sig := udf.Signature{}
	var fields []types.Field
	for i, a := range args {
		sig.Args = append(sig.Args, a.Type)
		fields = append(fields, types.Field{Name: fmt.Sprint("col", i+1), Type: a.Type})
	}
	if len(args) == 0 {
		return sig, badArgs("struct", "struct(x, …)", args)
	}
	sig.Returns = types.StructOf(fields...)
	return sig, nil
}

func resolveNamedStruct(args []udf.Arg) (udf.Signature, error) {
	sig := udf.Signature{}
	if len(args) == 0 || len(args)%2 != 0 {
		return sig, badArgs("named_struct", "named_struct('name', x, …)", args)
	}
	var fields []types.Field
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].Value.(string)
		if !ok || !args[i].Const {
			return sig, diag.Errorf(diag.CodeArgument, diag.Pos{}, "the names of named_struct must be constant texts")
		}
		sig.Args = append(sig.Args, types.StringType, args[i+1].Type)
		fields = append(fields, types.Field{Name: name, Type: args[i+1].Type})
	}
	sig.Returns = types.StructOf(fields...)
	return sig, nil
}

// makeStruct takes every step-th argument from the first on as a field.
func makeStruct(first, step int) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		out := &batch.Column{Type: call.Returns, Phys: batch.PhysStruct, N: n}
		for k := first; k < len(args); k += step {
			out.Children = append(out.Children, batch.Flatten(args[k]))
		}
		return out, nil
	}
}

// fieldIndex is the place of a field of struct t, or -1.
func fieldIndex(t types.Type, name string) int {
	for i, f := range t.Fields {
		if strings.EqualFold(f.Name, name) {
			return i
		}
	}
	return -1
}

func resolveField(args []udf.Arg) (udf.Signature, error) {
	if len(args) != 2 || args[0].Type.Kind != types.Struct || !args[1].Const {
		return udf.Signature{}, badArgs("field", "field(struct, 'name')", args)
	}
	name, _ := args[1].Value.(string)
	k := fieldIndex(args[0].Type, name)
	if k < 0 {
		return udf.Signature{}, diag.Errorf(diag.CodeSemantic, diag.Pos{}, "%s has no field '%s'", args[0].Type, name)
	}
	return udf.Signature{Args: typeList(args[0].Type, types.StringType), Returns: args[0].Type.Fields[k].Type}, nil
}

func fieldOf(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	name, _ := call.Consts[1].(string)
	k := fieldIndex(call.Args[0], name)
	s := batch.Flatten(args[0])
	if k < 0 || s.N != n {
		return nil, diag.Errorf(diag.CodeInternal, diag.Pos{}, "no field '%s' in %s", name, call.Args[0])
	}
	out := *batch.Flatten(s.Children[k])
	out.Valid = batch.And(out.Valid, s.Valid, n)
	return &out, nil
}
