package operator

import (
	"context"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/udf"
)

// generate applies a table function to its input, a batch of rows at a time, and
// hands the rows out in batches of the usual size, however many one row becomes.
type generate struct {
	input
	node *physical.Generate
	fn   *udf.Table
	call *udf.TableCall
	args *exprList
	step int

	// The batch that is being expanded: its rows, the columns of it that leave, and
	// what becomes of it. row and at are the next to hand out.
	n       int
	kept    []*batch.Column
	x       udf.Expansion
	row, at int32

	pairs pairings
	out   batch.Batch
}

// pairings are rows to hand out: of which row of the input, and which of the rows
// that it becomes. place is where the row stands among the function's, or -1 for
// an outer row.
type pairings struct {
	rows, place []int32
	from, at    []int32 // the function's rows alone
	outer       bool
}

func newGenerate(n *physical.Generate, in []Operator, env *Env) (*generate, error) {
	pos := diag.Pos{Line: n.Call.Line, Col: n.Call.Col}
	f := env.Functions.Lookup(n.Call.Name)
	if f == nil || f.Table == nil {
		return nil, diag.Errorf(diag.CodeFunctionMissing, pos, "there is no table function %s", n.Call.Name)
	}
	args, err := compileList(n.Call.Args, env)
	if err != nil {
		return nil, err
	}
	call := &udf.TableCall{Session: env.Session}
	call.Columns = n.Call.Columns
	for _, e := range n.Call.Args {
		call.Args = append(call.Args, e.Type())
	}
	return &generate{input: input{in[0]}, node: n, fn: f.Table, call: call, args: args, step: env.batchRows()}, nil
}

func (g *generate) Next(ctx context.Context) (*batch.Batch, error) {
	for {
		if g.fill(); len(g.pairs.rows) > 0 {
			return g.emit()
		}
		b, err := g.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		if b.Rows() == 0 {
			continue
		}
		if err := g.expand(b); err != nil {
			return nil, err
		}
	}
}

// expand begins the batch b.
func (g *generate) expand(b *batch.Batch) error {
	args, err := g.args.eval(b)
	if err != nil {
		return err
	}
	for i, c := range args {
		if c.Enc == batch.Dict {
			args[i] = batch.Flatten(c)
		}
	}
	if g.x, err = g.fn.Expand(g.call, args, b.Rows()); err != nil {
		return located(err, g.node.Call)
	}
	g.n, g.row, g.at, g.kept = b.Rows(), 0, 0, g.kept[:0]
	for _, i := range g.node.Keep {
		c := b.Columns[i]
		if b.Sel != nil {
			c = batch.Take(c, b.Sel)
		}
		g.kept = append(g.kept, c)
	}
	return nil
}

// fill lists the rows to hand out next.
func (g *generate) fill() {
	p := &g.pairs
	p.rows, p.place, p.from, p.at, p.outer = p.rows[:0], p.place[:0], p.from[:0], p.at[:0], false
	for int(g.row) < g.n && len(p.rows) < g.step {
		count := g.x.Counts[g.row]
		if count == 0 && g.node.Outer {
			p.rows, p.place, p.outer = append(p.rows, g.row), append(p.place, -1), true
		}
		for ; g.at < count && len(p.rows) < g.step; g.at++ {
			p.rows, p.place = append(p.rows, g.row), append(p.place, int32(len(p.from)))
			p.from, p.at = append(p.from, g.row), append(p.at, g.at)
		}
		if g.at == count {
			g.row, g.at = g.row+1, 0
		}
	}
}

func (g *generate) emit() (*batch.Batch, error) {
	p := &g.pairs
	g.out = batch.Batch{Columns: g.out.Columns[:0], N: len(p.rows)}
	for _, c := range g.kept {
		g.out.Columns = append(g.out.Columns, batch.Take(c, p.rows))
	}
	if len(p.from) == 0 {
		for _, at := range g.node.Give {
			g.out.Columns = append(g.out.Columns, batch.NullColumn(g.call.Columns[at].Type, len(p.rows)))
		}
		return &g.out, nil
	}
	cols, err := g.x.Columns(p.from, p.at)
	if err != nil {
		return nil, located(err, g.node.Call)
	}
	for _, at := range g.node.Give {
		c := cols[at]
		if p.outer {
			c = batch.Take(c, p.place)
		}
		g.out.Columns = append(g.out.Columns, c)
	}
	return &g.out, nil
}

// located gives err the place of the call in the statement, if it has none.
func located(err error, call scalar.TableCall) error {
	pos := diag.Pos{Line: call.Line, Col: call.Col}
	e, ok := err.(*diag.Error)
	if !ok {
		return diag.Errorf(diag.CodeInvalidArgument, pos, "%s", call.Name).WithCause(err)
	}
	if e.Pos.IsValid() {
		return e
	}
	at := *e
	at.Pos = pos
	return &at
}
