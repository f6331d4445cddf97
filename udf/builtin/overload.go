package builtin

import (
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// variant is one overload of a function; the fields mean what they mean in
// udf.Function. Kinds decide which one a call takes, so DECIMALs have no variant.
type variant struct {
	args     []types.Type
	optional int
	returns  types.Type
	eval     udf.Eval
}

// overloaded makes f choose among variants: the first whose kinds are exactly
// those of the arguments, or else the first to which they convert.
func overloaded(f udf.Function, variants ...variant) *udf.Function {
	f.Resolve = func(args []udf.Arg) (udf.Signature, error) {
		for _, fits := range []func(from, to types.Type) bool{sameKind, types.CanCoerce} {
			for _, v := range variants {
				if v.accepts(len(args), func(i int) bool { return fits(args[i].Type, v.args[i]) }) {
					return udf.Signature{Args: v.args[:len(args)], Returns: v.returns}, nil
				}
			}
		}
		usages := make([]string, len(variants))
		for i, v := range variants {
			usages[i] = (&udf.Function{Name: f.Name, Args: v.args, Optional: v.optional, Returns: v.returns}).Usage()
		}
		return udf.Signature{}, badArgs(f.Name, strings.Join(usages, " or "), args)
	}
	f.New = func(call *udf.Call) (udf.Eval, error) {
		for _, v := range variants {
			if v.accepts(len(call.Args), func(i int) bool { return call.Args[i].Kind == v.args[i].Kind }) {
				return v.eval, nil
			}
		}
		return nil, diag.Errorf(diag.CodeInternal, diag.Pos{}, "no variant of %s for %v", f.Name, call.Args)
	}
	return &f
}

func (v *variant) accepts(n int, fits func(i int) bool) bool {
	if n > len(v.args) || n < len(v.args)-v.optional {
		return false
	}
	for i := range n {
		if !fits(i) {
			return false
		}
	}
	return true
}

func sameKind(from, to types.Type) bool {
	return from.Kind == to.Kind || from.Kind == types.Null || from.IsText() && to.IsText()
}

// typeList shortens lists of types.
func typeList(ts ...types.Type) []types.Type { return ts }

// overflow reports a result that does not fit its type.
func overflow(format string, args ...any) *diag.Error {
	return diag.Errorf(diag.CodeOverflow, diag.Pos{}, format, args...)
}
