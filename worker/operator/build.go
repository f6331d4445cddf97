package operator

import (
	"fmt"
	"reflect"

	"github.com/bixidata/bixi/planner/physical"
)

// builder makes the operator of a node over its built inputs. A builder only
// checks and compiles; memory, files and goroutines begin with Open.
type builder func(n physical.Node, in []Operator, env *Env) (Operator, error)

// builders is the table of contents of this package: one entry a node, by the
// name of its type. An Exchange has none: it is cut before a plan runs.
var builders = map[string]builder{
	"Scan":          use(newScan),
	"Values":        use(newValues),
	"Filter":        use(newFilter),
	"HashAggregate": use(newAggregate),
	"Sort":          use(newSort),
	"TopN":          use(newTopN),
	"TableSink":     use(newTableSink),
	"FileSink":      use(newFileSink),
	"Project":       use(newProject),
	"Limit":         use(newLimit),
	"LimitBy":       use(newLimitBy),
	"TopGroups":     use(newTopGroups),
	"Union":         use(newUnion),
	"SingleRow":     use(newSingleRow),
	"HashJoin":      use(newHashJoin),
	"Prefilter":     use(newPrefilter),
	"LoopJoin":      use(newLoopJoin),
	"ShuffleWrite":  use(newShuffleWrite),
	"ShuffleRead":   use(newShuffleRead),
	"Map":           use(newMap),
	"Reduce":        use(newReduce),
	"Window":        use(newWindow),
	"Expand":        use(newExpand),
	"Repeat":        use(newRepeat),
	"Generate":      use(newGenerate),
	"Script":        use(newScript),
}

// use adapts a constructor to its node's type.
func use[N physical.Node, O Operator](f func(n N, in []Operator, env *Env) (O, error)) builder {
	return func(n physical.Node, in []Operator, env *Env) (Operator, error) {
		return f(n.(N), in, env)
	}
}

// Build makes the operators of a plan. Each of them is wrapped so that it is
// measured (see StatsOf) and stops when its context ends.
func Build(n physical.Node, env *Env) (Operator, error) {
	var in []Operator
	for _, child := range n.Inputs() {
		op, err := Build(child, env)
		if err != nil {
			return nil, err
		}
		in = append(in, op)
	}
	name := nodeName(n)
	b := builders[name]
	if b == nil {
		return nil, fmt.Errorf("operator: no operator runs a %s node", name)
	}
	op, err := b(n, in, env)
	if err != nil {
		return nil, err
	}
	return measure(op, in), nil
}

func nodeName(n physical.Node) string { return reflect.TypeOf(n).Elem().Name() }
