package builtin

import (
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/udf"
)

// The policy for equal keys says whether the last value of a key stays
// ('last_win') or the statement fails ('exception'). It may be the first argument
// of a function that makes maps; otherwise the setting decides.

// uniqueKeys reports whether equal keys are an error: by the policy that is the
// first argument, or by the setting.
func uniqueKeys(call *udf.Call) bool {
	if len(call.Args) > 1 && call.IsConst[0] && call.Args[0].IsText() {
		if policy, _ := call.Consts[0].(string); isPolicy(policy) {
			return strings.EqualFold(policy, "exception")
		}
	}
	return call.Session != nil && call.Session.Dialect.UniqueKeys
}

func isPolicy(s string) bool {
	return strings.EqualFold(s, "last_win") || strings.EqualFold(s, "exception")
}

// checkPolicy refuses a policy that is none; there may be none given.
func checkPolicy(policy []udf.Arg) error {
	if len(policy) == 0 {
		return nil
	}
	if s, _ := policy[0].Value.(string); policy[0].Const && isPolicy(s) {
		return nil
	}
	return diag.Errorf(diag.CodeArgument, diag.Pos{}, "the policy for equal keys is the constant 'last_win' or 'exception'")
}

// splitPolicy takes the n leading arguments off.
func splitPolicy(args []udf.Arg, n int) (policy, rest []udf.Arg) { return args[:n], args[n:] }
