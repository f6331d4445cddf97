package expr

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf/kernel"
)

// caseOp is the searched CASE. Conditions and results that may fail are
// evaluated only on the rows that reach them.
type caseOp struct {
	whens, thens []*node
	otherwise    *node
	typ          types.Type
	merged       merger
}

func (c *compiler) branches(e *scalar.Case) (*node, error) {
	kids, err := c.all(e.Children())
	if err != nil {
		return nil, err
	}
	for i := range kids {
		if i%2 == 1 || i == len(kids)-1 {
			kids[i] = c.typed(kids[i], e.Typ)
		}
	}
	o := &caseOp{otherwise: kids[len(kids)-1], typ: e.Typ}
	for i := 0; i+1 < len(kids); i += 2 {
		o.whens, o.thens = append(o.whens, kids[i]), append(o.thens, kids[i+1])
	}
	return c.node(key("case", kids...), summary(e.Typ, o, 5, kids...)), nil
}

// typed gives an untyped NULL the type t.
func (c *compiler) typed(n *node, t types.Type) *node {
	if n.typ.Kind == types.Null && t.Kind != types.Null {
		return c.literal(nil, t)
	}
	return n
}

func (o *caseOp) eval(f *frame) (*batch.Column, error) {
	if c, err := o.blend(f); c != nil || err != nil {
		return c, err
	}
	m := o.merged.start(o.typ, f)
	var left []int32 // the rows that no condition took; nil for all
	for i, when := range o.whens {
		taken, rest, err := split(f, when, left)
		if err != nil {
			return nil, err
		}
		if err := m.add(f, o.thens[i], taken, rest == nil); err != nil {
			return nil, err
		}
		if left = rest; left == nil {
			return m.finish(), nil
		}
	}
	if err := m.add(f, o.otherwise, left, len(left) == f.rows); err != nil {
		return nil, err
	}
	return m.finish(), nil
}

// split divides the rows left of f (nil for all) by a condition: where it is
// true and the others; rest is nil when none remain.
func split(f *frame, when *node, left []int32) (taken, rest []int32, err error) {
	g := f
	if left != nil && when.fails {
		g = f.only(left)
	}
	c, err := g.value(when)
	if err != nil {
		return nil, nil, err
	}
	yes := kernel.TruthOf(flat(c), g.rows).True
	n := f.rows
	if left != nil {
		n = len(left)
	}
	both := batch.SliceOf[int32](f.buffers, 2*n)
	taken, rest = both[:n:n], both[n:]
	t, r := 0, 0
	for k := range n {
		row, at := int32(k), k
		if left != nil {
			row = left[k]
			if g == f {
				at = int(row)
			}
		}
		bit := int(yes[uint(at)/64] >> (uint(at) % 64) & 1)
		taken[t], rest[r] = row, row
		t, r = t+bit, r+1-bit
	}
	if r == 0 {
		return taken[:t], nil, nil
	}
	return taken[:t], rest[:r], nil
}

// coalesceOp is the first operand that is not NULL; later operands are evaluated
// only where the earlier ones are NULL.
type coalesceOp struct {
	args   []*node
	typ    types.Type
	merged merger
}

func (c *compiler) coalesce(e *scalar.Call) (*node, error) {
	args, err := c.all(e.Args)
	if err != nil {
		return nil, err
	}
	for i := range args {
		args[i] = c.typed(args[i], e.Typ)
	}
	o := &coalesceOp{args: args, typ: e.Typ}
	return c.node(key("coalesce", args...), summary(e.Typ, o, 3, args...)), nil
}

func (o *coalesceOp) eval(f *frame) (*batch.Column, error) {
	m := o.merged.start(o.typ, f)
	var left []int32
	for i, a := range o.args {
		g := f
		if left != nil {
			g = f.only(left)
		}
		c, err := g.value(a)
		if err != nil {
			return nil, err
		}
		if !c.HasNulls() && left == nil {
			return c, nil
		}
		last := i == len(o.args)-1
		var here, null []int32
		for k := range g.rows {
			row := int32(k)
			if left != nil {
				row = left[k]
			}
			if last || !c.IsNull(k) {
				here = append(here, row)
			} else {
				null = append(null, row)
			}
		}
		m.put(c, here, left, null)
		if left = null; len(null) == 0 {
			break
		}
	}
	return m.finish(), nil
}

// merger puts a column together from parts that hold some of its rows each.
type merger struct {
	typ     types.Type
	rows    int
	parts   []part
	buffers *batch.Buffers
}

// part is the values of some rows. Value at[k] of col, or value k if at is nil,
// belongs to row rows[k] of the result.
type part struct {
	col  *batch.Column
	rows []int32
	at   []int32
}

func (m *merger) start(t types.Type, f *frame) *merger {
	m.typ, m.rows, m.buffers, m.parts = t, f.rows, f.buffers, m.parts[:0]
	return m
}

// add evaluates n for the rows of f. A value that is there already or cheap and
// safe to make is read from all rows.
func (m *merger) add(f *frame, n *node, rows []int32, all bool) error {
	if len(rows) == 0 {
		return nil
	}
	if all && len(rows) == f.rows || f.ready(n) {
		c, err := f.value(n)
		if err != nil {
			return err
		}
		m.parts = append(m.parts, part{c, rows, rows})
		return nil
	}
	c, err := f.only(rows).value(n)
	if err != nil {
		return err
	}
	m.parts = append(m.parts, part{c, rows, nil})
	return nil
}

// put adds the rows here of c, whose rows are left (nil for all); the others of
// c are in null.
func (m *merger) put(c *batch.Column, here, left, null []int32) {
	switch {
	case len(here) == 0:
	case left == nil:
		m.parts = append(m.parts, part{c, here, here})
	case len(null) == 0:
		m.parts = append(m.parts, part{c, here, nil})
	default:
		at, k := make([]int32, len(here)), 0
		for i, row := range left {
			if k < len(here) && here[k] == row {
				at[k] = int32(i)
				k++
			}
		}
		m.parts = append(m.parts, part{c, here, at})
	}
}

// finish gives the column. A single part that covers everything is the result.
func (m *merger) finish() *batch.Column {
	if len(m.parts) == 1 && len(m.parts[0].rows) == m.rows {
		return m.parts[0].col
	}
	if p := batch.PhysOf(m.typ); p == batch.PhysBytes || p == batch.PhysList || p == batch.PhysStruct {
		return m.dictionary()
	}
	return m.scatter()
}

// dictionary makes a column of variable-size values: the parts one after the
// other are the dictionary. A constant takes one entry.
func (m *merger) dictionary() *batch.Column {
	b := batch.NewBuilder(m.typ)
	codes := make([]int32, m.rows)
	for _, p := range m.parts {
		base := int32(b.Len())
		if p.col.Enc == batch.Const {
			b.Append(sized(p.col, 1), nil)
			for _, row := range p.rows {
				codes[row] = base
			}
			continue
		}
		b.Append(p.col, p.at)
		for k, row := range p.rows {
			codes[row] = base + int32(k)
		}
	}
	entries := b.Finish()
	valid := entries.Valid
	if valid != nil {
		valid = validCodes(entries.Valid, codes, nil)
	}
	return batch.FromCodes(entries, codes, valid)
}
