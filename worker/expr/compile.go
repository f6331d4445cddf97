package expr

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// compiler turns expressions into nodes, one for each different subexpression.
type compiler struct {
	reg     *udf.Registry
	session *udf.Session
	nodes   []*node
	known   map[string]*node
	volatil []*udf.Call
	buffers *batch.Buffers // of the program's results
	// Inside a lambda, columns and params are the places of columns and parameters
	// in the batch; outside, columns is nil and a column's ID is its place.
	columns, params map[int]int
}

func newCompiler(reg *udf.Registry, s *udf.Session) *compiler {
	if s == nil {
		s = &udf.Session{Strict: true}
	}
	return &compiler{reg: reg, session: s, known: map[string]*node{}, buffers: &batch.Buffers{}}
}

// node finds the node of that key or adds one; an empty key is never shared.
// The key holds the operator, the type and the ids of the operands.
func (c *compiler) node(key string, n node) *node {
	if key != "" {
		key += " " + n.typ.String()
		if old := c.known[key]; old != nil {
			return old
		}
	}
	n.id = len(c.nodes)
	added := &n
	c.nodes = append(c.nodes, added)
	if key != "" {
		c.known[key] = added
	}
	return added
}

// key names an operator over operands.
func key(op string, args ...*node) string {
	var b strings.Builder
	b.WriteString(op)
	for _, a := range args {
		fmt.Fprintf(&b, " #%d", a.id)
	}
	return b.String()
}

func (c *compiler) compile(e scalar.Expr) (*node, error) {
	switch e := e.(type) {
	case *scalar.Column:
		at := c.place(e.ID)
		return c.node(fmt.Sprintf("column %d", at), node{typ: e.Typ, op: columnOp{at}}), nil
	case *scalar.Param:
		return c.param(e)
	case *scalar.Literal:
		return c.literal(e.Value, e.Typ), nil
	case *scalar.Call:
		return c.call(e)
	case *scalar.Cast:
		return c.cast(e)
	case *scalar.Case:
		return c.branches(e)
	case *scalar.In:
		return c.in(e)
	}
	return nil, fmt.Errorf("expr: unknown expression %T", e)
}

func (c *compiler) literal(v types.Datum, t types.Type) *node {
	col := batch.DatumColumn(t, v, 1)
	return c.node("literal "+scalar.FormatDatum(v, t), node{typ: t, op: literalOp{col}, constant: true, value: col})
}

func (c *compiler) all(es []scalar.Expr) ([]*node, error) {
	nodes := make([]*node, len(es))
	for i, e := range es {
		n, err := c.compile(e)
		if err != nil {
			return nil, err
		}
		nodes[i] = n
	}
	return nodes, nil
}

// summary is what a node inherits from its operands.
func summary(t types.Type, op op, cost int, args ...*node) node {
	n := node{typ: t, op: op, constant: true, cost: cost}
	for _, a := range args {
		n.constant = n.constant && a.constant
		n.fails = n.fails || a.fails
		n.cost += a.cost
	}
	return n
}

func (c *compiler) call(e *scalar.Call) (*node, error) {
	switch name := strings.ToLower(e.Name); {
	case name == "and" || name == "or":
		return c.connective(name, e)
	case (name == "coalesce" || name == "nvl") && len(e.Args) > 0:
		return c.coalesce(e)
	case name == "if" && len(e.Args) == 3:
		return c.branches(&scalar.Case{Whens: e.Args[:1], Thens: e.Args[1:2], Else: e.Args[2], Typ: e.Typ})
	}
	pos := diag.Pos{Line: e.Line, Col: e.Col}
	f := c.reg.Lookup(e.Name)
	if f == nil || f.Eval == nil && f.New == nil {
		return nil, diag.Errorf(diag.CodeFunctionMissing, pos, "there is no scalar function %s", e.Name)
	}
	if f.Lambda != nil {
		return c.higher(e, f)
	}
	args, err := c.all(e.Args)
	if err != nil {
		return nil, err
	}
	call := c.site(e, args)
	eval := f.Eval
	if f.New != nil {
		if eval, err = f.New(call); err != nil {
			return nil, locate(err, pos, f.Name)
		}
	}
	o := &callOp{name: f.Name, pos: pos, fn: eval, call: call, args: args, volatile: f.Volatile}
	n := summary(e.Typ, o, costOf(f.Name, args), args...)
	n.fails = n.fails || mayFail(f.Name, e.Typ)
	o.cheap = n.cost < 20
	if f.Volatile {
		n.constant = false
		c.volatil = append(c.volatil, call)
		return c.node("", n), nil
	}
	return c.node(key(f.Name, args...), n), nil
}

// site describes the call site to the function.
func (c *compiler) site(e *scalar.Call, args []*node) *udf.Call {
	call := &udf.Call{Session: c.session, Buffers: c.buffers, Consts: make([]types.Datum, len(args)), IsConst: make([]bool, len(args))}
	call.Returns = e.Typ
	for i, a := range args {
		call.Args = append(call.Args, a.typ)
		if !a.constant {
			continue
		}
		if v, err := a.constantValue(); err == nil {
			call.Consts[i], call.IsConst[i] = v.Datum(0), true
		}
	}
	return call
}

func (c *compiler) cast(e *scalar.Cast) (*node, error) {
	arg, err := c.compile(e.Arg)
	if err != nil {
		return nil, err
	}
	pos := diag.Pos{Line: e.Line, Col: e.Col}
	strict := c.session.Strict && !e.Safe
	cast, err := kernel.NewCast(arg.typ, e.Typ, c.session, strict)
	if err != nil {
		return nil, locate(err, pos, "cast")
	}
	o := &callOp{name: "cast", pos: pos, args: []*node{arg}, call: &udf.Call{Session: c.session, Buffers: c.buffers}, cheap: true,
		fn: func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
			return cast(call.Buffers, args[0], n)
		}}
	n := summary(e.Typ, o, 3, arg)
	n.fails = n.fails || strict && !alwaysCasts(arg.typ, e.Typ)
	return c.node(key(fmt.Sprintf("cast %v", strict), arg), n), nil
}

// alwaysCasts reports conversions that every value has.
func alwaysCasts(from, to types.Type) bool {
	switch {
	case from.Equal(to) || from.Kind == types.Null || to.IsText() || to.Kind == types.Boolean && from.Kind != types.JSON:
		return true
	case to.IsFloating():
		return from.IsNumeric() || from.Kind == types.Boolean
	case from.IsInteger() && to.IsInteger():
		return from.Kind <= to.Kind
	case to.Kind == types.Decimal && (from.IsInteger() || from.Kind == types.Decimal):
		d := from.AsDecimal()
		return to.Scale >= d.Scale && to.Precision-to.Scale >= d.Precision-d.Scale
	}
	return from.IsTemporal() && to.IsTemporal()
}

// total are the functions that fail for no argument; arithmetic is total on floats.
var total = map[string]bool{"sample_share": true, "=": true, "<>": true, "<": true, "<=": true, ">": true, ">=": true, "<=>": true,
	"not": true, "is_null": true, "is_not_null": true, "is_true": true, "is_not_true": true, "is_false": true,
	"is_not_false": true, "like": true, "concat": true, "||": true, "greatest": true, "least": true,
	"&": true, "|": true, "^": true, "~": true, "lower": true, "upper": true, "length": true,
	"year": true, "month": true, "day": true}

func mayFail(name string, t types.Type) bool {
	switch name {
	case "+", "-", "*", "/", "%", "neg":
		return !t.IsFloating()
	}
	return !total[name]
}

// costOf guesses the nanoseconds a row of a call takes.
func costOf(name string, args []*node) int {
	text := len(args) > 0 && args[0].typ.IsText()
	switch name {
	case "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "not", "neg", "is_null", "is_not_null":
		if text {
			return 5
		}
		return 1
	case "like":
		return 15
	case "rlike":
		return 200
	}
	return 30
}

// locate gives err a place in the statement, if it has none, and a code.
func locate(err error, pos diag.Pos, name string) error {
	if e, ok := err.(*diag.Error); ok {
		if e.Pos.IsValid() {
			return e
		}
		at := *e
		at.Pos = pos
		return &at
	}
	return diag.Errorf(diag.CodeInvalidArgument, pos, "%s", name).WithCause(err)
}
