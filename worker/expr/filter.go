package expr

import (
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// Filter is a compiled condition that selects rows: its conjuncts are tested one
// after the other on the rows that are left. Like a Program it belongs to one
// operator.
type Filter struct {
	nodes int
	tests []*test
	top   frame
	bufs  [2][]int32
	// buffers holds the values of tests, which nobody needs after Select.
	buffers *batch.Buffers
}

// CompileFilter compiles a condition.
func CompileFilter(cond scalar.Expr, reg *udf.Registry, s *udf.Session) (*Filter, error) {
	c := newCompiler(reg, s)
	var tests []*test
	for _, e := range scalar.Conjuncts(cond) {
		n, err := c.compile(e)
		if err != nil {
			return nil, err
		}
		tests = append(tests, newTest(n, e))
	}
	// A test that cannot fail may go before any other; those that can keep their
	// order and come last, when the fewest rows are left.
	slices.SortStableFunc(tests, func(a, b *test) int {
		if a.node.fails || b.node.fails {
			return order(a.node.fails, b.node.fails)
		}
		return a.node.cost - b.node.cost
	})
	tests = c.fuse(tests)
	return &Filter{tests: tests, nodes: len(c.nodes), buffers: c.buffers, top: frame{buffers: c.buffers}}, nil
}

func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// Select lists the rows of b, ascending, for which the condition is true, among
// those that exist. The positions are of b.Columns, b.Sel taken into account;
// they are valid until the next Select.
func (f *Filter) Select(b *batch.Batch) ([]int32, error) {
	f.buffers.Reset()
	f.top.reset(&batch.Batch{Columns: b.Columns, N: b.N}, f.nodes)
	sel := b.Sel
	for i, t := range f.tests {
		var err error
		if sel, err = t.run(&f.top, sel, f.buffer(i, b.N)); err != nil {
			return nil, err
		}
		if len(sel) == 0 {
			return sel, nil
		}
	}
	if sel == nil { // no conjunct ran
		return batch.NewBitmapSet(b.N).Selected(b.N, nil), nil
	}
	return sel, nil
}

// buffer gives the buffers in turn, so that a test never writes what it reads.
func (f *Filter) buffer(i, n int) []int32 {
	k := i % 2
	if cap(f.bufs[k]) < n+64 {
		f.bufs[k] = make([]int32, n+64)
	}
	return f.bufs[k][:0]
}

// test is one conjunct and, where it has the form, its direct execution over a
// column of the batch.
type test struct {
	node *node
	// column is the only column the conjunct reads, or -1.
	column int
	known  dictionaries
	// Comparison of the column with a constant, or of two columns.
	direct  bool
	compare kernel.CompareOp
	with    *node // the constant
	other   int   // the other column, if with is nil
	// A second comparison with a constant of the same column, fused: low <= x <= high.
	low, high *batch.Column
}

var compareOps = map[string]kernel.CompareOp{"=": kernel.Eq, "<>": kernel.Ne, "<": kernel.Lt, ">=": kernel.Ge, "<=": kernel.Le, ">": kernel.Gt}

func newTest(n *node, e scalar.Expr) *test {
	t := &test{node: n, column: soleColumn(e)}
	o, ok := n.op.(*callOp)
	if !ok || len(o.args) != 2 {
		return t
	}
	op, ok := compareOps[o.name]
	if !ok {
		return t
	}
	a, b := o.args[0], o.args[1]
	if _, ok := a.op.(columnOp); !ok {
		a, b, op = b, a, op.Swap()
	}
	left, ok := a.op.(columnOp)
	if !ok {
		return t
	}
	if right, ok := b.op.(columnOp); ok && right.id != left.id {
		t.direct, t.compare, t.column, t.other = true, op, left.id, right.id
	} else if b.constant && !b.fails {
		t.direct, t.compare, t.column, t.with, t.other = true, op, left.id, b, -1
	}
	return t
}

// soleColumn is the only column e reads, or -1.
func soleColumn(e scalar.Expr) int {
	set := map[int]bool{}
	scalar.Columns(e, set)
	if len(set) != 1 {
		return -1
	}
	for id := range set {
		return id
	}
	return -1
}

// fuse joins x >= low and x <= high on an integer-like column.
func (c *compiler) fuse(tests []*test) []*test {
	for i, a := range tests {
		for j := i + 1; j < len(tests) && a != nil; j++ {
			if b := tests[j]; b != nil && c.fusePair(a, b) {
				tests[j] = nil
			}
		}
	}
	return slices.DeleteFunc(tests, func(t *test) bool { return t == nil })
}

func (c *compiler) fusePair(t, u *test) bool {
	if !t.bounds() || !u.bounds() || t.column != u.column || t.low != nil {
		return false
	}
	lower, upper := t, u
	if t.compare == kernel.Le || t.compare == kernel.Lt {
		lower, upper = u, t
	}
	if lower.compare != kernel.Ge && lower.compare != kernel.Gt || upper.compare != kernel.Le && upper.compare != kernel.Lt {
		return false
	}
	low, ok1 := bound(lower.with, b2i(lower.compare == kernel.Gt))
	high, ok2 := bound(upper.with, -b2i(upper.compare == kernel.Lt))
	if !ok1 || !ok2 {
		return false
	}
	t.low, t.high = low, high
	// Over a dictionary the two conditions are evaluated as they are.
	both := []*node{t.node, u.node}
	t.node = c.node("", summary(types.BooleanType, &connectiveOp{args: both}, 2, both...))
	return true
}

// bounds reports a comparison of an integer-like column with a constant.
func (t *test) bounds() bool {
	if !t.direct || t.with == nil || t.low != nil {
		return false
	}
	p := batch.PhysOf(t.with.typ)
	return p == batch.PhysI32 || p == batch.PhysI64
}

// bound is the constant of n plus step.
func bound(n *node, step int64) (*batch.Column, bool) {
	c, err := n.constantValue()
	if err != nil || c.IsNull(0) {
		return nil, false
	}
	v := c.Int(0)
	w := v + step
	out := batch.NewFixedAs(c.Type, c.Phys, 1)
	out.Enc = batch.Const
	if c.Phys == batch.PhysI32 {
		batch.Values[int32](out)[0] = int32(w)
		return out, int64(int32(w)) == w
	}
	batch.Values[int64](out)[0] = w
	return out, (w > v) == (step > 0) || step == 0
}

func b2i(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// run keeps the rows of sel (nil for all of the frame's) that pass; out has room
// for them and is not sel.
func (t *test) run(f *frame, sel, out []int32) ([]int32, error) {
	if t.column >= 0 && (t.other < 0 || !t.direct) {
		if c := f.src[t.column]; c.Enc == batch.Dict && !c.Borrowed {
			if kept, ok := t.codes(f, c, sel, out); ok {
				return kept, nil
			}
		}
	}
	if t.direct {
		if kept, ok := t.kernel(f, sel, out); ok {
			return kept, nil
		}
	}
	return t.general(f, sel, out)
}

// kernel runs the comparison over flat columns of the batch.
func (t *test) kernel(f *frame, sel, out []int32) ([]int32, bool) {
	a := f.src[t.column]
	if a.Enc != batch.Flat || f.rows == 0 {
		return nil, false
	}
	valid := a.Valid
	var b *batch.Column
	if t.with != nil {
		c, err := t.with.constantValue()
		if err != nil || a.Phys != c.Phys {
			return nil, false
		}
		if c.IsNull(0) {
			return out[:0], true
		}
		b = c
	} else {
		b = f.src[t.other]
		if b.Enc != batch.Flat {
			return nil, false
		}
		valid = batch.And(valid, b.Valid, f.rows)
	}
	var kept []int32
	var ok bool
	if t.low != nil {
		kept, ok = kernel.SelectRange(a, t.low, t.high, sel, f.rows, out)
	} else {
		kept, ok = kernel.SelectCompare(t.compare, a, b, sel, f.rows, out)
	}
	if ok && valid != nil {
		kept = kernel.SelectValid(valid, kept, f.rows, kept)
	}
	return kept, ok
}

// codes evaluates the conjunct once for each entry of c's dictionary, if that
// pays and no entry fails, and looks rows up by code. NULL rows take the
// conjunct's value for NULL.
func (t *test) codes(f *frame, c *batch.Column, sel, out []int32) ([]int32, bool) {
	known := t.known.of(c.Dict)
	if known == nil {
		known = t.known.add(c.Dict)
		if c.Dict.N > f.rows {
			return nil, false
		}
	}
	if known.values == nil && !known.failed {
		t.entries(f, known)
	}
	if known.failed || f.rows == 0 {
		return nil, false
	}
	pass := known.values.Data
	kept := kernel.SelectCodes(c.Codes, pass, sel, f.rows, out)
	if c.Valid == nil {
		return kept, true
	}
	if pass[known.of.N] != 0 { // NULL passes: no kernel for so rare a case
		return nil, false
	}
	return kernel.SelectValid(c.Valid, kept, f.rows, kept), true
}

// entries evaluates the conjunct for the entries of a dictionary and for NULL,
// which comes last: a byte each, 1 for true.
func (t *test) entries(f *frame, known *dictionary) {
	n := known.of.N
	known.failed = true
	if n == 0 || n > 1<<20 {
		return
	}
	b := batch.NewBuilder(known.of.Type)
	entries := *known.of
	entries.Valid = nil
	b.Append(&entries, nil)
	b.AppendNull(1)
	g := frame{src: make([]*batch.Column, len(f.src)), rows: n + 1, buffers: f.buffers}
	g.src[t.column] = b.Finish()
	g.gathered, g.memo, g.flat = make([]*batch.Column, len(f.src)), make([]*batch.Column, len(f.memo)), make([]*batch.Column, len(f.memo))
	c, err := g.value(t.node)
	if err != nil {
		return
	}
	pass := make([]byte, n+1)
	truth := kernel.TruthOf(flat(c), n+1).True
	for i := range pass {
		pass[i] = byte(b2i(truth.Get(i)))
	}
	known.failed, known.values = false, &batch.Column{N: n + 1, Data: pass}
}

// general evaluates the conjunct as any expression: over all rows if most are
// left and it cannot fail, otherwise over the rows left.
func (t *test) general(f *frame, sel, out []int32) ([]int32, error) {
	if sel == nil || !t.node.fails && len(sel) > f.rows/2 {
		c, err := f.value(t.node)
		if err != nil {
			return nil, err
		}
		yes := kernel.TruthOf(flat(c), f.rows).True
		return kernel.SelectValid(yes, sel, f.rows, out), nil
	}
	c, err := f.only(sel).value(t.node)
	if err != nil {
		return nil, err
	}
	yes := kernel.TruthOf(flat(c), len(sel)).True
	out = out[:0]
	for k, row := range sel {
		if yes.Get(k) {
			out = append(out, row)
		}
	}
	return out, nil
}
