package operator

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// windowCalc is the compiled functions of a window node. They work on the input's
// columns followed by the values of the expressions that are more than a column.
type windowCalc struct {
	env       *Env
	exprs     *exprList
	types     []types.Type // of all columns
	given     int          // columns of the input
	partition []int
	order     []int
	desc      []bool
	funcs     []*windowFunc
	work      int64     // bytes a row takes while functions are computed, about
	pieces    bool      // whether a partition can be computed piece by piece
	context   piecePlan // what all functions together need for that
}

// windowFunc is one function.
type windowFunc struct {
	scalar.Window
	fn     *udf.Function
	call   *udf.Call
	states []types.Type
	eval   udf.WindowEval
	args   []operand
	from   ends
	to     ends
	plan   piecePlan
}

// operand is a column, or a constant if column is negative.
type operand struct {
	column int
	value  types.Datum
	typ    types.Type
}

// ends are the columns of a RANGE frame's end: what is compared with what.
type ends struct{ key, value operand }

func (o operand) of(b *batch.Batch) *batch.Column {
	if o.column < 0 {
		return batch.DatumColumn(o.typ, o.value, b.N)
	}
	return b.Columns[o.column]
}

// columns are the arguments over b.
func (f *windowFunc) columns(b *batch.Batch) []*batch.Column {
	args := make([]*batch.Column, len(f.args))
	for i, a := range f.args {
		args[i] = a.of(b)
	}
	return args
}

// place gives an error the place of the call.
func (f *windowFunc) place(err error) error { return at(err, diag.Pos{Line: f.Line, Col: f.Col}) }

func newWindowCalc(n *physical.Window, env *Env) (*windowCalc, error) {
	c := &windowCalc{env: env, types: n.Input.Schema().Types()}
	c.given = len(c.types)
	var extra []scalar.Expr
	place := func(e scalar.Expr) operand {
		switch e := e.(type) {
		case *scalar.Column:
			return operand{column: e.ID, typ: e.Typ}
		case *scalar.Literal:
			return operand{column: -1, value: e.Value, typ: e.Typ}
		}
		for i, x := range extra {
			if x.String() == e.String() {
				return operand{column: c.given + i, typ: e.Type()}
			}
		}
		extra, c.types = append(extra, e), append(c.types, e.Type())
		return operand{column: len(c.types) - 1, typ: e.Type()}
	}
	for _, e := range n.Partition {
		if p := place(e); p.column >= 0 {
			c.partition = append(c.partition, p.column)
		}
	}
	for _, k := range n.Order {
		if p := place(k.Expr); p.column >= 0 {
			c.order, c.desc = append(c.order, p.column), append(c.desc, k.Desc)
		}
	}
	for i, f := range n.Funcs {
		w, err := c.function(f, n.States[i], place)
		if err != nil {
			return nil, err
		}
		c.funcs = append(c.funcs, w)
	}
	var err error
	c.exprs, err = compileList(extra, env)
	c.work = int64(16 + 24*len(c.funcs))
	c.pieces = c.piecewise()
	return c, err
}

func (c *windowCalc) function(f scalar.Window, states []types.Type, place func(scalar.Expr) operand) (*windowFunc, error) {
	pos := diag.Pos{Line: f.Line, Col: f.Col}
	w := &windowFunc{Window: f, fn: c.env.Functions.Lookup(f.Name), call: &udf.Call{Session: c.env.Session}, states: states}
	if w.fn == nil || w.fn.Aggregate == nil && w.fn.Window == nil {
		return nil, diag.Errorf(diag.CodeFunctionMissing, pos, "%s is no window function", f.Name)
	}
	w.call.Returns = f.Typ
	for _, e := range f.Args {
		lit, isConst := e.(*scalar.Literal)
		var v types.Datum
		if isConst {
			v = lit.Value
		}
		w.call.Args = append(w.call.Args, e.Type())
		w.call.IsConst, w.call.Consts = append(w.call.IsConst, isConst), append(w.call.Consts, v)
		w.args = append(w.args, place(e))
	}
	for _, end := range []struct {
		b    scalar.Bound
		into *ends
	}{{f.Frame.From, &w.from}, {f.Frame.To, &w.to}} {
		if end.b.Value != nil {
			*end.into = ends{place(end.b.Key), place(end.b.Value)}
		}
	}
	if w.fn.Window == nil {
		return w, nil
	}
	var err error
	w.eval, err = w.fn.Window.New(w.call, f.IgnoreNulls)
	return w, at(err, pos)
}

// widen adds the values of the expressions to a batch, and makes it dense.
func (c *windowCalc) widen(b *batch.Batch) (*batch.Batch, error) {
	if len(c.types) == c.given {
		return b.Dense(), nil
	}
	more, err := c.exprs.eval(b)
	if err != nil {
		return nil, err
	}
	d := b.Dense()
	return batch.New(d.N, append(append([]*batch.Column(nil), d.Columns...), more...)...), nil
}

// compute gives the input's columns of rows and the values of the functions. The
// partitions begin at starts, which ends with the number of rows.
func (c *windowCalc) compute(rows *batch.Batch, starts []int32, piece *udf.Piece) (*batch.Batch, error) {
	s := &windowRows{windowCalc: c, rows: rows, frames: map[string]*udf.Frames{}}
	s.WindowRows = udf.WindowRows{N: rows.N, Starts: starts, Piece: piece}
	s.findPeers()
	out := batch.New(rows.N, append([]*batch.Column(nil), rows.Columns[:c.given]...)...)
	for _, f := range c.funcs {
		col, err := s.value(f)
		if err != nil {
			return nil, f.place(err)
		}
		out.Columns = append(out.Columns, col)
	}
	return out, nil
}

// windowRows are the rows that functions are computed over.
type windowRows struct {
	*windowCalc
	udf.WindowRows
	rows   *batch.Batch
	frames map[string]*udf.Frames // by their text, as functions share them
}

// findPeers lists where groups of peers begin: where partitions do, and where
// order keys change.
func (s *windowRows) findPeers() {
	if len(s.order) == 0 {
		s.Peers = s.Starts
		return
	}
	e := edges{cols: s.order}
	e.mark(s.rows)
	for _, p := range s.Starts[:len(s.Starts)-1] {
		e.marks[p] = true
	}
	for i, m := range e.marks {
		if m {
			s.Peers = append(s.Peers, int32(i))
		}
	}
	s.Peers = append(s.Peers, int32(s.N))
}

func (s *windowRows) value(f *windowFunc) (*batch.Column, error) {
	args := f.columns(s.rows)
	if f.fn.Aggregate != nil {
		return s.aggregate(f, args)
	}
	r := s.WindowRows
	if f.fn.Window.Framed {
		r.Frames = s.framesOf(f)
	}
	return f.eval(&r, args)
}
