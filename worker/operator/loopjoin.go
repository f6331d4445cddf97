package operator

import (
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// newLoopJoin makes a nested-loop join. It is a hash join without keys: all
// right rows form one chain and every pair is a candidate, which the condition
// decides on in blocks.
func newLoopJoin(n *physical.LoopJoin, in []Operator, env *Env) (*hashJoin, error) {
	j, err := newHashJoin(&physical.HashJoin{Binary: n.Binary, Kind: n.Kind, Many: n.Many, Residual: n.Cond, Shared: n.Shared, Output: n.Output}, in, env)
	if err != nil {
		return nil, err
	}
	if n.Cond != nil && (n.Kind == physical.LeftMark || n.Kind == physical.LeftAntiNull) {
		null := &scalar.Call{Name: "is_null", Args: []scalar.Expr{n.Cond}, Typ: types.BooleanType}
		if j.probe.unknown, err = newPairFilter(null, len(n.Left.Schema()), env); err != nil {
			return nil, err
		}
	}
	// A LoopJoin has no number; equal nodes have equal right sides.
	j.shareKey = "loop join " + string(physical.EncodeNode(n))
	return j, nil
}
