package expr

import (
	"fmt"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/udf"
)

// A call with lambdas is a callOp that has what the lambdas read from around
// them as further arguments, so constants and dictionaries are treated as in any
// call. A lambda's body is a program of its own over the columns of its
// parameters and, behind them, of what it reads from outside, repeated for the
// elements of each row.

// lambda is a compiled lambda.
type lambda struct {
	body   *node
	nodes  int
	from   int // of what it reads from outside, in the arguments of the call
	outer  int // how many
	frame  frame
	inside []*batch.Column
}

// higher compiles a call with lambdas.
func (c *compiler) higher(e *scalar.Call, f *udf.Function) (*node, error) {
	pos := diag.Pos{Line: e.Line, Col: e.Col}
	args, at := []*node{}, make([]int, len(e.Args)) // the place of each argument that is a column
	for i, a := range e.Args {
		at[i] = -1
		if _, ok := a.(*scalar.Lambda); ok {
			continue
		}
		n, err := c.compile(a)
		if err != nil {
			return nil, err
		}
		at[i], args = len(args), append(args, n)
	}
	lambdas := make([]*lambda, len(e.Args))
	fails, volatile := false, f.Volatile
	for i, a := range e.Args {
		l, ok := a.(*scalar.Lambda)
		if !ok {
			continue
		}
		compiled, outer, hasVolatile, err := c.lambda(l, len(args))
		if err != nil {
			return nil, err
		}
		lambdas[i], args = compiled, append(args, outer...)
		fails, volatile = fails || compiled.body.fails, volatile || hasVolatile
	}
	call := c.lambdaSite(e, args, at)
	for i, l := range lambdas {
		if l != nil {
			call.Lambdas[i] = l.apply
		}
	}
	eval := f.Eval
	if f.New != nil {
		var err error
		if eval, err = f.New(call); err != nil {
			return nil, locate(err, pos, f.Name)
		}
	}
	o := &callOp{name: f.Name, pos: pos, call: call, args: args, volatile: volatile}
	o.fn = func(call *udf.Call, cols []*batch.Column, n int) (*batch.Column, error) {
		columns := make([]*batch.Column, len(at))
		for i, k := range at {
			if k >= 0 {
				columns[i] = cols[k]
			}
			if l := lambdas[i]; l != nil {
				l.inside = cols[l.from : l.from+l.outer]
			}
		}
		return eval(call, columns, n)
	}
	n := summary(e.Typ, o, 200, args...)
	n.fails = n.fails || fails || mayFail(f.Name, e.Typ)
	n.constant = n.constant && !volatile
	return c.node("", n), nil
}

// lambdaSite describes the call site; only arguments that are columns have constants.
func (c *compiler) lambdaSite(e *scalar.Call, args []*node, at []int) *udf.Call {
	plain := c.site(&scalar.Call{Typ: e.Typ}, args)
	call := c.site(e, nil)
	for i, a := range e.Args {
		call.Args = append(call.Args, a.Type())
		call.Consts, call.IsConst = append(call.Consts, nil), append(call.IsConst, false)
		if k := at[i]; k >= 0 {
			call.Consts[i], call.IsConst[i] = plain.Consts[k], plain.IsConst[k]
		}
	}
	call.Lambdas = make([]udf.Lambda, len(e.Args))
	return call
}

// lambda compiles l; outer is what it reads from around it, which will be the
// arguments of the call from place from on.
func (c *compiler) lambda(l *scalar.Lambda, from int) (compiled *lambda, outer []*node, volatile bool, err error) {
	in := newCompiler(c.reg, c.session)
	in.buffers = nil // a result may have to outlive the next one
	in.columns, in.params = map[int]int{}, map[int]int{}
	for i, e := range scalar.Free(l) {
		n, err := c.compile(e)
		if err != nil {
			return nil, nil, false, err
		}
		outer = append(outer, n)
		switch e := e.(type) {
		case *scalar.Column:
			in.columns[e.ID] = len(l.Params) + i
		case *scalar.Param:
			in.params[e.ID] = len(l.Params) + i
		}
	}
	for i, p := range l.Params {
		in.params[p.ID] = i
	}
	body, err := in.compile(l.Body)
	if err != nil {
		return nil, nil, false, err
	}
	body = in.typed(body, l.Type())
	c.volatil = append(c.volatil, in.volatil...)
	return &lambda{body: body, nodes: len(in.nodes), from: from, outer: len(outer)}, outer, len(in.volatil) > 0, nil
}

// param compiles a reference to a parameter.
func (c *compiler) param(e *scalar.Param) (*node, error) {
	k, ok := c.params[e.ID]
	if !ok {
		return nil, fmt.Errorf("expr: parameter %s is outside of its lambda", e)
	}
	return c.node(fmt.Sprintf("column %d", k), node{typ: e.Typ, op: columnOp{k}}), nil
}

// place is the column of the batch that column id is.
func (c *compiler) place(id int) int {
	if c.columns == nil {
		return id
	}
	return c.columns[id]
}

// apply is the udf.Lambda.
func (l *lambda) apply(params []*batch.Column, rows []int32) (*batch.Column, error) {
	cols := append([]*batch.Column{}, params...)
	for _, c := range l.inside {
		cols = append(cols, batch.Take(c, rows))
	}
	l.frame.reset(batch.New(len(rows), cols...), l.nodes)
	return l.frame.value(l.body)
}
