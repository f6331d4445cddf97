// Package expr compiles bound expressions (planner/scalar) and evaluates them
// over batches. It decides which rows and which encodings a function sees; what
// a function does is in udf, and how loops run is in udf/kernel.
//
// Start at CompileAll (values), CompileFilter (selections) and Fold (constants).
//
//   - A common subexpression of one program is evaluated once a batch.
//   - Selected rows are gathered only from the columns an expression uses.
//   - A function of one dictionary column is evaluated over the dictionary, once
//     for all batches that share it, and the result keeps the codes.
//   - CASE, IF, COALESCE, AND and OR evaluate an operand that may fail only on the
//     rows that reach it, so an untaken branch raises no error.
package expr

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// Program is a list of compiled expressions. It holds buffers and memories of
// one operator: it must not be used by two goroutines at once.
type Program struct {
	nodes   []*node // all, by id
	roots   []*node
	volatil []*udf.Call
	buffers *batch.Buffers
	top     frame
	out     []*batch.Column
}

// CompileAll compiles expressions that are evaluated over the same batches.
func CompileAll(es []scalar.Expr, reg *udf.Registry, s *udf.Session) (*Program, error) {
	c := newCompiler(reg, s)
	p := &Program{}
	for _, e := range es {
		n, err := c.compile(e)
		if err != nil {
			return nil, err
		}
		p.roots = append(p.roots, n)
	}
	p.nodes, p.volatil, p.buffers = c.nodes, c.volatil, c.buffers
	p.top.buffers = c.buffers
	return p, nil
}

// Seed makes the volatile functions of the program (rand, uuid) those of the
// task with this number and starts their rows anew.
func (p *Program) Seed(task uint64) {
	for i, call := range p.volatil {
		call.Seed, call.Row = task<<16+uint64(i), 0
	}
}

// Eval gives the values of all expressions for the existing rows of b: one
// column of b.Rows() rows each, in any encoding. They are valid as long as b is
// and until the next Eval, which uses their memory again.
func (p *Program) Eval(b *batch.Batch) ([]*batch.Column, error) {
	p.buffers.Reset()
	p.top.reset(b, len(p.nodes))
	p.out = p.out[:0]
	for _, n := range p.roots {
		c, err := p.top.value(n)
		if err != nil {
			return nil, err
		}
		p.out = append(p.out, c)
	}
	return p.out, nil
}

// Types are the types of the columns that Eval gives.
func (p *Program) Types() []types.Type {
	ts := make([]types.Type, len(p.roots))
	for i, n := range p.roots {
		ts[i] = n.typ
	}
	return ts
}

// Expr is a single compiled expression.
type Expr struct{ p *Program }

// Compile compiles one expression.
func Compile(e scalar.Expr, reg *udf.Registry, s *udf.Session) (*Expr, error) {
	p, err := CompileAll([]scalar.Expr{e}, reg, s)
	if err != nil {
		return nil, err
	}
	return &Expr{p}, nil
}

// Eval is Program.Eval of the one expression.
func (x *Expr) Eval(b *batch.Batch) (*batch.Column, error) {
	cols, err := x.p.Eval(b)
	if err != nil {
		return nil, err
	}
	return cols[0], nil
}

// maxFolded is the bytes of the largest value that Fold gives: plans carry it.
const maxFolded = 64 << 10

// Fold gives the value of an expression that is the same for every row, does not
// fail and is of moderate size; otherwise false.
func Fold(e scalar.Expr, reg *udf.Registry, s *udf.Session) (types.Datum, bool) {
	c := newCompiler(reg, s)
	n, err := c.compile(e)
	if err != nil || !n.constant {
		return nil, false
	}
	v, err := n.constantValue()
	if err != nil || v.Size() > maxFolded {
		return nil, false
	}
	return v.Datum(0), true
}
