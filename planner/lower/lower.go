// Package lower turns a logical tree into a physical plan: it chooses join
// algorithms and build sides, splits aggregations into halves and puts exchanges
// where rows must meet. Every choice follows from the data's estimated size,
// never from the number of workers, so the same statement over the same data
// has the same plan, and the same output, everywhere.
package lower

import (
	"context"
	"math"

	"github.com/bixidata/bixi/planner/cost"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/udf"
)

// Options are the sizes that choices are made by.
type Options struct {
	// BroadcastBytes is the largest estimated build side that every task reads whole.
	BroadcastBytes float64
	// Broadcasts are the relations that every task shall read whole.
	Broadcasts []*logical.Broadcast
	// SplitBytes is the compressed bytes a scanning task reads.
	SplitBytes int64
	// PartitionBytes and PartitionGroups bound what a task of a hash exchange gets.
	PartitionBytes  float64
	PartitionGroups float64
	// Partitions, if positive, is the number of partitions of every hash exchange.
	Partitions int
	// MaxPartitions bounds it otherwise.
	MaxPartitions int
}

// Defaults are the options of a session that sets none.
func Defaults() Options {
	return Options{
		BroadcastBytes: 128 << 20, SplitBytes: 32 << 20,
		PartitionBytes: 32 << 20, PartitionGroups: 120 << 10, MaxPartitions: 512,
	}
}

// Lowerer lowers one statement.
type Lowerer struct {
	ctx       context.Context
	opts      Options
	catalog   table.Catalog
	functions *udf.Registry
	cost      *cost.Model
	scans     int
	joins     int
	// shared holds the definitions lowered so far, of which there are definitions.
	shared      map[*logical.Definition]*plan
	definitions int
}

// New makes a lowerer.
func New(ctx context.Context, opts Options, catalog table.Catalog, functions *udf.Registry, model *cost.Model) *Lowerer {
	return &Lowerer{ctx: ctx, opts: opts, catalog: catalog, functions: functions, cost: model}
}

// dist says how the rows of a plan are spread over the tasks of its stage.
type dist struct {
	single bool
	// keys are the expressions (by text, over logical columns) whose hash decides
	// a row's task, among partitions tasks; nil when nothing is known.
	keys       []string
	partitions int
}

// plan is a physical plan and what its columns are.
type plan struct {
	node physical.Node
	cols []logical.Column
	dist dist
	rows float64
	// branches, if any, are the inputs of a union that has no node yet.
	branches []*plan
}

// Query lowers the plan of a query whose rows go to a client, in order, from
// one task.
func (l *Lowerer) Query(n logical.Node) (physical.Node, error) {
	p, err := l.lower(n, logical.IDs(n), true)
	if err != nil {
		return nil, err
	}
	p = l.arrange(p, n.Columns())
	return l.gather(p, true, physical.Pipelined).node, nil
}

// need is a set of columns.
type need map[int]bool

func (s need) with(es ...scalar.Expr) need {
	out := need{}
	for id := range s {
		out[id] = true
	}
	for _, e := range es {
		scalar.Columns(e, out)
	}
	return out
}

// lower gives a plan of n with at least the columns in want. If ordered, the
// order of rows is defined, whatever order tasks run in.
func (l *Lowerer) lower(n logical.Node, want need, ordered bool) (*plan, error) {
	p, err := l.branches(n, want, ordered)
	if err != nil {
		return nil, err
	}
	return p.union(func(b *plan) *plan {
		if p.branches == nil {
			return b
		}
		return l.gather(b, ordered, physical.Durable)
	}), nil
}

// lowerNode is branches of what is no union.
func (l *Lowerer) lowerNode(n logical.Node, want need, ordered bool) (*plan, error) {
	switch n := n.(type) {
	case *logical.Scan:
		return l.scan(n, want)
	case *logical.Values:
		v := &physical.Values{Fields: schema(n.Cols), Rows: n.Rows}
		return &plan{node: v, cols: n.Cols, dist: dist{single: true}, rows: float64(len(n.Rows))}, nil
	case *logical.Filter:
		in, err := l.branches(n.Input, want.with(n.Conds...), ordered)
		if err != nil {
			return nil, err
		}
		in = in.each(func(in *plan) *plan {
			q := *in
			q.node = &physical.Filter{Unary: unary(in.node), Cond: in.expr(scalar.And(n.Conds))}
			return &q
		})
		in.rows = l.cost.Of(n).Rows
		return in, nil
	case *logical.Project:
		return l.project(n, want, ordered)
	case *logical.Generate:
		return l.generate(n, want, ordered)
	case *logical.Script:
		return l.script(n)
	case *logical.Aggregate:
		return l.aggregate(n, ordered)
	case *logical.Expand:
		return l.expand(n, want, ordered)
	case *logical.Distribute:
		return l.distribute(n, want, ordered)
	case *logical.Repeat:
		return l.repeat(n, want, ordered)
	case *logical.Join:
		return l.join(n, want, ordered)
	case *logical.Window:
		return l.window(n, want, ordered)
	case *logical.Sort:
		return l.sort(n, want)
	case *logical.Limit:
		return l.limit(n, want)
	case *logical.Shared:
		return l.use(n)
	case *logical.LimitBy:
		return l.limitBy(n, want)
	case *logical.Write:
		return l.write(n)
	case *logical.Unload:
		return l.unload(n)
	case *logical.SingleRow:
		in, err := l.lower(n.Input, want, false)
		if err != nil {
			return nil, err
		}
		in = l.gather(in, false, physical.Durable)
		in.node, in.rows = &physical.SingleRow{Unary: unary(in.node)}, 1
		return in, nil
	}
	panic("lower: no plan for " + n.Describe())
}

func unary(n physical.Node) physical.Unary { return physical.Unary{Input: n} }

func schema(cols []logical.Column) types.Schema {
	out := make(types.Schema, len(cols))
	for i, c := range cols {
		out[i] = types.Field{Name: c.Name, Type: c.Type, Required: c.Required}
	}
	return out
}

func names(cols []logical.Column) []string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = c.Name
	}
	return out
}

// expr turns column numbers into positions in p's columns.
func (p *plan) expr(e scalar.Expr) scalar.Expr { return position(e, p.cols) }

func position(e scalar.Expr, cols []logical.Column) scalar.Expr {
	at := make(map[int]int, len(cols))
	for i, c := range cols {
		at[c.ID] = i
	}
	return scalar.Transform(e, func(e scalar.Expr) scalar.Expr {
		c, ok := e.(*scalar.Column)
		if !ok {
			return e
		}
		i, ok := at[c.ID]
		if !ok {
			panic("lower: no column " + c.String())
		}
		return &scalar.Column{ID: i, Name: c.Name, Typ: c.Typ}
	})
}

func (p *plan) exprs(es []scalar.Expr) []scalar.Expr {
	return logical.Map(es, p.expr)
}

func (p *plan) keys(keys []scalar.SortKey) []scalar.SortKey {
	out := append([]scalar.SortKey{}, keys...)
	for i := range out {
		out[i].Expr = p.expr(out[i].Expr)
	}
	return out
}

// narrow drops columns that nothing above wants, before rows are moved or kept.
func (l *Lowerer) narrow(p *plan, want need) *plan {
	var cols []logical.Column
	for _, c := range p.cols {
		if want[c.ID] {
			cols = append(cols, c)
		}
	}
	if len(cols) == len(p.cols) {
		return p
	}
	return l.arrange(p, cols)
}

// arrange gives exactly cols, in that order.
func (l *Lowerer) arrange(p *plan, cols []logical.Column) *plan {
	same := len(cols) == len(p.cols)
	for i := 0; same && i < len(cols); i++ {
		same = cols[i].ID == p.cols[i].ID && cols[i].Name == p.cols[i].Name
	}
	if same {
		return p
	}
	out := &physical.Project{Unary: unary(p.node), Names: names(cols)}
	for _, c := range cols {
		out.Exprs = append(out.Exprs, p.expr(c.Ref()))
	}
	q := *p
	q.node, q.cols = out, cols
	return &q
}

func (l *Lowerer) project(n *logical.Project, want need, ordered bool) (*plan, error) {
	var items []scalar.Expr
	var cols []logical.Column
	for i, c := range n.Cols {
		if want[c.ID] {
			items, cols = append(items, n.Items[i]), append(cols, c)
		}
	}
	in, err := l.branches(n.Input, need{}.with(items...), ordered)
	if err != nil {
		return nil, err
	}
	return in.each(func(in *plan) *plan {
		out := &plan{cols: cols, dist: in.dist, rows: in.rows}
		out.node = &physical.Project{Unary: unary(in.node), Exprs: in.exprs(items), Names: names(cols)}
		out.dist.keys = renamed(in.dist.keys, items, cols)
		return out
	}), nil
}

// renamed expresses distribution keys in the columns of a projection, or gives
// nil when one of them is gone.
func renamed(keys []string, items []scalar.Expr, cols []logical.Column) []string {
	var out []string
	for _, k := range keys {
		found := ""
		for i, e := range items {
			if e.String() == k {
				found = cols[i].Ref().String()
			}
		}
		if found == "" {
			return nil
		}
		out = append(out, found)
	}
	return out
}

// gather brings all rows to one task.
func (l *Lowerer) gather(p *plan, ordered bool, mode physical.Mode) *plan {
	if p.dist.single {
		return p
	}
	q := *p
	q.node = &physical.Exchange{Unary: unary(p.node), Kind: physical.Gather, Partitions: 1, Ordered: ordered, Mode: mode}
	q.dist = dist{single: true}
	return &q
}

// broadcast gives every task all rows.
func (l *Lowerer) broadcast(p *plan, ordered bool) *plan {
	q := *p
	if e, ok := p.node.(*physical.Exchange); ok && e.Shared > 0 && e.Kind == physical.Gather {
		again := *e
		again.Kind = physical.Broadcast
		q.node = &again
		return &q
	}
	q.node = &physical.Exchange{Unary: unary(p.node), Kind: physical.Broadcast, Partitions: 1, Ordered: ordered}
	return &q
}

// hashed spreads rows by the keys, over logical columns, unless they already are.
func (l *Lowerer) hashed(p *plan, keys []scalar.Expr, partitions int, ordered bool) *plan {
	text := texts(keys)
	if partitions == 1 {
		return l.gather(p, ordered, physical.Durable)
	}
	if !p.dist.single && p.dist.partitions == partitions && equalTexts(p.dist.keys, text) {
		return p
	}
	q := *p
	q.node = &physical.Exchange{Unary: unary(p.node), Kind: physical.Hash, Keys: p.exprs(keys), Partitions: partitions, Ordered: ordered}
	q.dist = dist{keys: text, partitions: partitions}
	return &q
}

func texts(es []scalar.Expr) []string {
	out := make([]string, len(es))
	for i, e := range es {
		out[i] = e.String()
	}
	return out
}

func equalTexts(a, b []string) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// partitions is the number of tasks for so many bytes or groups.
func (l *Lowerer) partitions(bytes, groups float64) int {
	return l.tasks(math.Max(bytes/l.opts.PartitionBytes, groups/l.opts.PartitionGroups))
}

// tasks is n as the options allow it, a whole number.
func (l *Lowerer) tasks(n float64) int {
	if l.opts.Partitions > 0 {
		return l.opts.Partitions
	}
	return int(math.Max(1, math.Min(math.Ceil(n), float64(l.opts.MaxPartitions))))
}

// sort orders rows in one task, or, where the first key's bounds are known and
// the rows are many, in several that each sort a range of it.
func (l *Lowerer) sort(n *logical.Sort, want need) (*plan, error) {
	in, err := l.lower(n.Input, want.with(n.Exprs()...), false)
	if err != nil {
		return nil, err
	}
	in = l.narrow(in, want.with(n.Exprs()...))
	keys := in.keys(n.Keys)
	est := l.cost.Of(n.Input)
	if bounds := l.bounds(n.Keys[0], est, est.Rows*est.Width(in.cols)); !in.dist.single && len(bounds) > 0 {
		first := keys[0]
		in.node = &physical.Exchange{Unary: unary(in.node), Kind: physical.Range, Order: &first, Bounds: bounds, Partitions: len(bounds) + 1}
		reason(in, "%d tasks sort a range of the first key each: %s expected", len(bounds)+1, size(est.Rows*est.Width(in.cols)))
		in.node = &physical.Sort{Unary: unary(in.node), Keys: keys}
		in.dist = dist{partitions: len(bounds) + 1}
		return l.gather(in, true, physical.Pipelined), nil
	}
	in = l.gather(in, false, physical.Durable)
	in.node = &physical.Sort{Unary: unary(in.node), Keys: keys}
	return in, nil
}

// maxTopN is the largest top-n that is kept in memory; above it, rows are sorted.
const maxTopN = 1 << 20

func (l *Lowerer) limit(n *logical.Limit, want need) (*plan, error) {
	// A projection between limit and sort drops the sort's helper columns; the
	// limit may pass it.
	if p, ok := n.Input.(*logical.Project); ok {
		if s, ok := p.Input.(*logical.Sort); ok {
			return l.project(&logical.Project{Input: &logical.Limit{Input: s, Count: n.Count, Offset: n.Offset}, Items: p.Items, Cols: p.Cols}, want, true)
		}
	}
	if s, ok := n.Input.(*logical.Sort); ok && n.Count >= 0 && n.Count+n.Offset <= maxTopN {
		return l.topN(n, s, want)
	}
	in, err := l.lower(n.Input, want, true)
	if err != nil {
		return nil, err
	}
	if !in.dist.single && n.Count >= 0 {
		in.node = &physical.Limit{Unary: unary(in.node), Count: n.Count + n.Offset}
	}
	in = l.gather(in, true, physical.Durable)
	in.node = &physical.Limit{Unary: unary(in.node), Count: n.Count, Offset: n.Offset}
	return in, nil
}

func (l *Lowerer) topN(n *logical.Limit, s *logical.Sort, want need) (*plan, error) {
	want = want.with(s.Exprs()...)
	in, err := l.lower(s.Input, want, false)
	if err != nil {
		return nil, err
	}
	in = l.narrow(in, want)
	keys := in.keys(s.Keys)
	if !in.dist.single {
		in.node = &physical.TopN{Unary: unary(in.node), Keys: keys, Limit: n.Count + n.Offset}
		in = l.gather(in, false, physical.Durable)
	}
	in.node = &physical.TopN{Unary: unary(in.node), Keys: keys, Limit: n.Count, Offset: n.Offset}
	return in, nil
}
